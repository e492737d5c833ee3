/**
 * One tool `run` that notes every call in `<directory>/runs` and then does what `<directory>/fault` says;
 * `<directory>/tools` lists further tools. Faults: exit, half a line, hang, flood, malformed, slow.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answer, serveByHand, write } from "./hand-written.ts";

const directory = process.argv[2]!;
const read = (name: string) => (existsSync(join(directory, name)) ? readFileSync(join(directory, name), "utf8").trim() : "");
const more = read("tools");
const fault = () => read("fault");

if (fault() === "exit") process.exit(3);
if (fault() === "hang") await new Promise(() => setInterval(() => undefined, 60_000));
if (fault() === "flood") await flood();
if (fault() === "malformed JSON") await write("{ not json\n".repeat(20_000));

await serveByHand({
  tools: ["run", ...(more === "" ? [] : more.split("\n"))],
  async call(id, _name, { args: { token = "" } = {} }) {
    appendFileSync(join(directory, "runs"), `${String(token)}\n`);
    const text = JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: token }] } });
    switch (fault()) {
      case "exit":
        return process.exit(3);
      case "reset in the body":
        await write(text.slice(0, 20));
        return process.exit(4);
      case "hang":
        return await new Promise(() => setInterval(() => undefined, 60_000));
      case "black hole":
        return;
      case "malformed JSON":
        return await write(`${text.slice(0, -3)}\n`);
      case "1 byte/s":
        for (const byte of text) {
          await write(byte);
          await Bun.sleep(1_000);
        }
        return;
      case "flood":
        return await flood();
      default:
        return await answer(id, String(token));
    }
  },
});

async function flood(): Promise<never> {
  for (;;) await write("junk ".repeat(16_384));
}
