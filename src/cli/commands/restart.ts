import type { Restarted } from "#hub/status/schema.ts";
import { command } from "../command.ts";
import { createMessages } from "../output/messages.ts";
import { printResult } from "../output/result.ts";

export const restart = command({
  name: "restart",
  summary: "Replace the running hub by a fresh process, without a failed request",
  description:
    "After an update of hubctl, for instance; a change of the configuration needs no restart. The new process gets the arguments, environment and directory of the old one, and when it does not become ready the old one goes on; the exit code then says why.",
  examples: [
    { line: "hubctl restart", means: "the hub of this directory, else the default one" },
    { line: "hubctl restart --url localhost:37373", means: "the hub that listens there" },
  ],
  flags: {},
  async run(_, { terminal, runtime, globals, connect, signal }) {
    await using connection = await connect(globals);
    const restarted = (await connection.invoke("hub.restart", {}, { signal })) as Restarted;
    const { pid, previousPid, ms } = restarted;
    if (globals.json !== undefined)
      printResult(restarted, { operation: "hub.restart", terminal, json: globals.json, now: runtime.clock.now() });
    else createMessages(terminal, globals).success(`The hub was restarted in ${ms} ms: process ${previousPid} → ${pid}`);
    return 0;
  },
});
