import { join } from "node:path";
import { HubError } from "#hub/kernel/errors.ts";
import { createLog } from "#hub/kernel/log.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";

/** Writes what the user is not shown, the stack of a bug, to the log file that the error's hint speaks of. */
export async function keepBug(cause: unknown, runtime: Runtime): Promise<void> {
  if (HubError.from(cause).code !== "INTERNAL") return;
  const { createFileSink } = await import("#hub/log-sinks/file-sink.ts");
  await using file = createFileSink({ directory: join(pathsOf(runtime).state, "logs"), runtime });
  createLog({ clock: runtime.clock, level: "error", sinks: [file.sink] }, "cli").error("a command failed for a reason nobody foresaw", {
    cause,
  });
}
