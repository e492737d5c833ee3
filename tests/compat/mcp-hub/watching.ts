import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { followEvents, type Followed } from "./follow-events.ts";
import { insist, place, start, until, type Program, type ProgramName } from "./program.ts";

type Servers = Readonly<Record<string, object>>;

const server = { command: process.execPath, args: [join(import.meta.dir, "changing-server.ts")] };
const off = { ...server, disabled: true };
const remote = { url: "http://127.0.0.1:9/mcp", disabled: true };

const base: Servers = { runs: server, off, remote };

/** What a file comes to say, one after the other. */
const edits: Readonly<Record<string, Servers>> = {
  "other white space": base,
  "another order": { remote, off, runs: server },
  "a description": { ...base, off: { ...off, description: "x" } },
  "what the editor reads": { ...base, runs: { ...server, autoApprove: true, custom_instructions: { text: "x" } } },
  "an argument": { ...base, off: { ...off, args: ["x"] } },
  "an env": { ...base, off: { ...off, env: { A: "1" } } },
  "a name": { ...base, off: { ...off, name: "Shown" } },
  "a cwd": { ...base, off: { ...off, cwd: "/tmp" } },
  "a header": { ...base, remote: { ...remote, headers: { a: "1" } } },
  "a url and a command": { ...base, off: { ...off, command: "x" }, remote: { ...remote, url: "http://127.0.0.1:9/other" } },
  "dev of a disabled one": { ...base, off: { ...off, dev: { enabled: true, watch: ["*"], cwd: "/tmp" } } },
  "one more and one less": { runs: server, remote, more: off },
  "a local one for a remote one": { ...base, remote: off },
};

/** Edits of consequence to one program alone. */
export const deliberate: Readonly<Record<string, Servers>> = {
  "back to the start": base,
  "disabled that is false": { ...base, runs: { ...server, disabled: false } },
  "and without it": base,
  "tools that are hidden": { ...base, runs: { ...server, disabled_tools: ["change"] } },
  "and shown again": base,
};

/** What was told of one edit. */
export interface Edited {
  readonly isSignificant: unknown;
  /** Without the values, which ours does not tell. */
  readonly changes?: unknown;
  readonly statuses: Readonly<Record<string, string>>;
}

/** Plays edits of the second of two files against one program, and switching by requests between them. */
export async function watchWith(name: ProgramName): Promise<Readonly<Record<string, Edited>>> {
  await using at = await place();
  await at.write("global.json", { mcpServers: { global: off } });
  const file = await at.write("project.json", { mcpServers: base });
  await using program = await start(name, ["--config", "global.json", "project.json", "--watch"], { at });
  await using followed = await followEvents(program.base);
  await followed.next("hub_state", ({ state }) => state === "ready");
  const told: Record<string, Edited> = {};
  const write = (mcpServers: Servers) => writeFile(file, JSON.stringify({ mcpServers }, null, 4));
  // Editors that save by renaming leave another file under the name.
  const replace = async (mcpServers: Servers) => {
    await writeFile(`${file}.new`, JSON.stringify({ mcpServers }));
    await rename(`${file}.new`, file);
  };
  for (const [index, [edit, servers]] of Object.entries({ ...edits, ...deliberate }).entries())
    told[edit] = await toldOf({ program, followed }, () => (index % 2 === 0 ? write(servers) : replace(servers)));
  await program.post("servers/stop?disable=true", { server_name: "runs" });
  told["what a request did before"] = await toldOf({ program, followed }, () => write({ ...base, runs: off }));
  await program.post("servers/start", { server_name: "runs" });
  told["against what a request did"] = await toldOf({ program, followed }, () => write({ ...base, runs: off, off: { ...off, name: "x" } }));
  return told;
}

interface Watched {
  readonly program: Program;
  readonly followed: Followed;
}

async function toldOf({ program, followed: { seen } }: Watched, edit: () => Promise<void>): Promise<Edited> {
  const from = seen.length;
  const find = (type: string) => seen.slice(from).find(({ data }) => data["type"] === type && !isOfOne(data["changes"]))?.data;
  await insist(edit, () => find("config_changed") !== undefined);
  const { isSignificant } = find("config_changed")!;
  if (isSignificant) await until(() => find("servers_updated") !== undefined);
  const { servers } = (await (await program.get("servers")).json()) as { servers: { name: string; status: string }[] };
  return {
    isSignificant,
    changes: withoutValues(find("servers_updated")?.["changes"]),
    statuses: Object.fromEntries(servers.map((one) => [one.name, one.status])),
  };
}

/** What is told of a request has no more in it than the server. */
const isOfOne = (changes: unknown) => changes !== undefined && !("added" in (changes as object));

function withoutValues(changes: unknown): unknown {
  if (changes === undefined) return undefined;
  const { details, ...lists } = changes as { details: Record<string, { modifiedFields: string[] }> };
  return {
    ...lists,
    details: Object.fromEntries(Object.entries(details).map(([name, { modifiedFields }]) => [name, modifiedFields.toSorted()])),
  };
}
