import { join } from "node:path";
import { HubError } from "#hub/kernel/errors.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { TuiOptions } from "./tui-options.ts";

/** Runs the terminal interface until the user leaves or the process is told to; resolves with the exit code, the terminal restored. */
export async function runTui(options: TuiOptions): Promise<number> {
  // Ink reads these while it is imported: DEV makes it connect to a debugger and print a warning before the first frame.
  delete options.terminal.process.env["DEV"];
  const { mount } = await import("./mount.tsx");
  const path = join(pathsOf(options.runtime).state, "tui.json");
  const memory = await readMemory(options, path);
  const session = mount({ ...options, memory });
  try {
    return await session.ended;
  } finally {
    await writeMemory(options, path, JSON.stringify(memory)).catch((cause: unknown) =>
      options.log?.warn("The state of the interface was not saved", { cause: HubError.from(cause).message }),
    );
  }
}

async function readMemory({ runtime, log }: TuiOptions, path: string) {
  const { Memory } = await import("./state/remembered.ts");
  try {
    const saved: unknown = JSON.parse((await runtime.files.read(path)) ?? "{}");
    return new Memory(typeof saved === "object" && saved !== null ? (saved as Record<string, unknown>) : {});
  } catch (cause) {
    log?.warn("The saved state of the interface is unreadable and was left out", { path, cause: String(cause) });
    return new Memory();
  }
}

async function writeMemory({ runtime }: TuiOptions, path: string, text: string): Promise<void> {
  await runtime.files.makeDirectory(join(path, ".."));
  await runtime.files.replace(path, text);
}
