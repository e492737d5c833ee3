/** `meet` waits for as many calls as the first argument says and answers them in the opposite order, logging and reporting before. */
import { send, serveByHand } from "./hand-written.ts";

const together = Number(process.argv[2]);
let waiting: { id: unknown; token: unknown; progressToken: unknown }[] = [];

await serveByHand({
  tools: ["meet"],
  async call(id, _name, { args = {}, meta = {} }) {
    waiting.push({ id, token: args["token"], progressToken: meta["progressToken"] });
    if (waiting.length < together) return;
    for (const one of waiting.toReversed()) {
      await send({ method: "notifications/message", params: { level: "info", data: one.token } });
      await send({ method: "notifications/progress", params: { progressToken: one.progressToken, progress: 1, message: one.token } });
      await send({ id: one.id, result: { content: [{ type: "text", text: String(one.token) }] } });
    }
    waiting = [];
  },
});
