import { answerOf, type Answer, type Answers } from "./answers.ts";
import { place, start, until, type ProgramName } from "./program.ts";

const off = { command: "no-such-command", disabled: true };
const remote = { url: "http://127.0.0.1:9/mcp", disabled: true };
const one = (entry: unknown) => ({ mcpServers: { one: entry } });
const dev = (fields: object) => one({ ...off, dev: { enabled: true, watch: ["*"], cwd: "/tmp", ...fields } });

/** What a file may hold, by its name in the test; each is read by a restart of the hub. */
export const configurations: Readonly<Record<string, unknown>> = {
  "comments, trailing commas, single quotes and keys without": `{ // a comment
    mcpServers: { 'one': { command: 'no-such-command', disabled: true, }, /* another */ }, }`,
  "servers instead of mcpServers": { mcpServers: { one: off }, servers: { other: off } },
  "servers that are null": { mcpServers: { one: off }, servers: null },
  "unknown keys at the top": { ...one(off), nativeMCPServers: { a: {} }, inputs: [{ id: "x" }], $schema: "x" },
  "unknown keys of a server": one({ ...off, autoApprove: true, disabled_tools: ["a"], custom_instructions: { text: "x" }, whatever: 1 }),
  "a name and a description": one({ ...off, name: "Shown", description: "What it does" }),
  "disabled as a text": one({ ...off, disabled: "yes" }),
  "disabled as a number": one({ ...off, disabled: 1 }),
  "a type that does not fit": one({ ...off, type: "sse" }),
  "an unknown type": one({ ...remote, type: "carrier-pigeon" }),
  "arguments that are no list": one({ ...off, args: "one two" }),
  "arguments that are numbers": one({ ...off, args: [1, true] }),
  "an env of other values than texts": one({ ...off, env: { a: 1, b: true, c: null, d: "" } }),
  "a remote server with an env": one({ ...remote, env: { a: "1" } }),
  "headers that are numbers": one({ ...remote, headers: { a: 1 } }),
  "dev of a local server": dev({}),
  "dev that is switched off": dev({ enabled: false }),
  "dev without watch": dev({ watch: undefined }),
  "no servers": { mcpServers: {} },
  "an empty object": {},
  "no object": "[]",
  "a number": "5",
  "mcpServers that are null": { mcpServers: null },
  "mcpServers that are a list": { mcpServers: [] },
  "mcpServers that are a text": { mcpServers: "x" },
  "half a file": "{ half",
  "an empty file": "",
  "a server that is null": one(null),
  "a server that is a text": one("x"),
  "command and url": one({ ...off, ...remote }),
  "neither command nor url": one({ disabled: true }),
  "an empty command": one({ command: "", disabled: true }),
  "a command that is a number": one({ command: 5, disabled: true }),
  "an env that is a text": one({ ...off, env: "x" }),
  "an env that is a list": one({ ...off, env: ["x"] }),
  "headers that are a text": one({ ...remote, headers: "x" }),
  "a url that is none": one({ url: "not a url", disabled: true }),
  "a url that is a number": one({ url: 5, disabled: true }),
  "a url that begins with a placeholder": one({ url: "${HOME}/mcp", disabled: true }),
  "a url with a placeholder for its host": one({ url: "https://${HOST}/mcp", disabled: true }),
  "a cwd that is a number": one({ ...off, cwd: 5 }),
  "dev of a remote server": one({ ...remote, dev: { enabled: true, watch: ["*"], cwd: "/tmp" } }),
  "dev.enabled that is a text": dev({ enabled: "yes" }),
  "dev.watch that is a text": dev({ watch: "*" }),
  "dev.watch of numbers": dev({ watch: [1] }),
  "dev without cwd": dev({ cwd: undefined }),
  "dev with a relative cwd": dev({ cwd: "./src" }),
  "dev that is a text": one({ ...off, dev: "yes" }),
};

const base = { mcpServers: { base: off } };

/** Lets one program read every configuration; of each the answer of the restart, and the servers after it. */
export async function readWith(name: ProgramName): Promise<Answers> {
  await using at = await place();
  await at.write("servers.json", base);
  await using program = await start(name, ["--config", "servers.json"], { at });
  await until(async () => ((await (await program.get("health")).json()) as { state: string }).state === "ready");
  const answers: Record<string, Answer> = {};
  for (const [scene, config] of Object.entries(configurations)) {
    await at.write("servers.json", config);
    answers[scene] = await answerOf(await program.post("restart"), program.port);
    answers[`servers after ${scene}`] = await answerOf(await program.get("servers"), program.port);
    await at.write("servers.json", base);
    await program.post("restart");
  }
  return answers;
}
