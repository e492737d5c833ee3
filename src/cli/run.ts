import { runCommand } from "citty";
import { HubError } from "#hub/kernel/errors.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { parseLeadingFlags } from "./args.ts";
import { asksForJson, ownTokens } from "./own-tokens.ts";
import type { CliContext, Command, RootTable } from "./command.ts";
import type { Disk } from "./disk.ts";
import { globalFlags } from "./global-flags.ts";
import { commandHelp, groupHelp, loadMembers } from "./help.ts";
import { keepBug } from "./keep-bug.ts";
import { reportFailure } from "./output/failure.ts";
import { rootHelp } from "./root-help.ts";
import { resolveCommand } from "./resolve-command.ts";
import { hiddenTable, rootTable } from "./root.ts";
import { BrokenPipe, type Terminal } from "./terminal.ts";

export interface CliWorld {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  readonly disk: Disk;
  readonly root?: RootTable;
  readonly connect?: CliContext["connect"];
}

/** Runs one command line; everything that goes wrong is caught here, and becomes an exit code. */
export async function run(argv: readonly string[], world: CliWorld): Promise<number> {
  const { terminal, runtime, disk, root = { ...rootTable, ...hiddenTable }, connect = connectLazily(runtime) } = world;
  const controller = new AbortController();
  using _interrupts = abortOnInterrupt(terminal, controller);
  try {
    const { values, rest } = parseLeadingFlags(argv, { flags: globalFlags });
    return await dispatch(rest, { terminal, runtime, disk, root, connect, globals: values, signal: controller.signal });
  } catch (cause) {
    if (cause instanceof BrokenPipe) return 0;
    await keepBug(cause, runtime);
    try {
      return reportFailure(controller.signal.aborted ? controller.signal.reason : cause, terminal, { json: await asksForJson(argv, root) });
    } catch {
      // stderr has gone too.
      return HubError.from(cause).row.exit;
    }
  }
}

const connectLazily =
  (runtime: Runtime): CliContext["connect"] =>
  async (globals, options) =>
    (await import("./connect.ts")).connect({ runtime, globals, ...options });

/** The first signal asks the command to stop, the second ends the process. */
function abortOnInterrupt(terminal: Terminal, controller: AbortController): Disposable {
  return terminal.onInterrupt((signal) => {
    if (controller.signal.aborted) terminal.exit(interrupted.row.exit);
    controller.abort(new HubError("CANCELLED", `Stopped by ${signal}`));
  });
}
const interrupted = new HubError("CANCELLED", "Stopped");

async function dispatch(words: readonly string[], context: CliContext): Promise<number> {
  const { stdout } = context.terminal;
  const path = words[0] === "help" ? words.slice(1) : words;
  if (path.length === 0) {
    stdout.write(rootHelp(stdout));
    return 0;
  }
  const { target, path: name, rest } = await resolveCommand(path, context.root);
  if (target.kind === "group") {
    if (rest.length > 0 && !isHelp(rest[0]!))
      throw new HubError("VALIDATION", `hubctl ${name.join(" ")} needs a command before ${rest[0]}`);
    stdout.write(groupHelp(name, await loadMembers(target), stdout));
    return 0;
  }
  if (path !== words || context.globals.help || asksForHelp(rest, target)) {
    stdout.write(commandHelp(name, target, stdout));
    return 0;
  }
  const { result } = await runCommand(target, { rawArgs: [...rest], data: context });
  return typeof result === "number" ? result : 0;
}

const isHelp = (token: string) => token === "--help" || token === "-h";

/** A value never starts with a dash, so the token alone decides, but for what a command passes through. */
function asksForHelp(rest: readonly string[], { spec }: Command): boolean {
  return rest.slice(0, ownTokens(rest, spec)).some(isHelp);
}
