import { HubError } from "#hub/kernel/errors.ts";
import { version } from "#hub/kernel/version.ts";
import { command } from "../command.ts";

export const tui = command({
  name: "tui",
  summary: "Watch and steer the hub in the terminal",
  examples: [{ line: "hubctl tui", means: "the hub of this directory; press ? for the keys" }],
  flags: {},
  async run(_, { terminal, runtime, globals, connect }) {
    if (!terminal.stdin.isTTY || !terminal.stdout.isTTY)
      throw new HubError("VALIDATION", "hubctl tui needs a terminal on both ends", {
        hint: "In a script use `hubctl servers list`, `hubctl tools list`, `hubctl events tail` and `hubctl call`, with --json",
      });
    const [{ runTui }, connection] = await Promise.all([import("#tui/main.tsx"), connect(globals, { servers: "at-once" })]);
    await using _connection = connection;
    return await runTui({ connection, terminal: terminal.streams(), runtime, version });
  },
});
