import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answerOf, type Answer, type Answers } from "./answers.ts";
import { followEvents, type Followed, type SeenEvent } from "./follow-events.ts";
import { insist, place, start, until, type Program, type ProgramName } from "./program.ts";
import { shapeOf, type Shape } from "./shape.ts";

/** What one program did while the sources of its servers changed. */
export interface Developed {
  readonly answers: Answers;
  /** The events about each change, in order. */
  readonly told: Readonly<Record<string, readonly Told[]>>;
  /** Servers that are another process at the end than at the start. */
  readonly restarted: readonly string[];
}

interface Told {
  readonly type: unknown;
  readonly files: unknown;
  readonly changes: unknown;
  readonly shape: Shape;
}

/** Plays changes of source files against one program. */
export async function developWith(name: ProgramName): Promise<Developed> {
  await using at = await place();
  const sources = join(at.home, "src");
  await mkdir(join(sources, "deep"), { recursive: true });
  const file = (path: string) => join(sources, path);
  for (const path of ["changed.txt", "deep/gone.txt", "idle.txt"]) await writeFile(file(path), "1");
  const main = join(import.meta.dir, "changing-server.ts");
  const server = { command: process.execPath, args: [main] };
  const mcpServers = {
    live: { ...server, dev: { enabled: true, watch: ["*.txt", "deep/*.txt"], cwd: sources } },
    idle: { ...server, dev: { enabled: false, watch: ["**/*"], cwd: sources } },
    fragile: { command: process.execPath, args: [file("fragile.ts")], dev: { enabled: true, watch: ["fragile.ts"], cwd: sources } },
  };
  await writeFile(file("fragile.ts"), `await import(${JSON.stringify(main)});`);
  await at.write("servers.json", { mcpServers });
  await using program = await start(name, ["--config", "servers.json"], { at });
  await using followed = await followEvents(program.base);
  await followed.next("hub_state", ({ state }) => state === "ready");
  const answers: Record<string, Answer> = {};
  const told: Record<string, readonly Told[]> = {};
  const pids = () => Promise.all(["live", "idle"].map((server) => pidOf(program, server)));
  const before = await pids();
  const scenes: readonly (readonly [string, string, () => Promise<void>])[] = [
    ["a change", "live", () => writeFile(file("changed.txt"), "2")],
    ["a file that goes", "live", () => rm(file("deep/gone.txt"), { force: true })],
    ["a change that breaks the server", "fragile", () => writeFile(file("fragile.ts"), "process.exit(3);")],
  ];
  for (const [scene, server, change] of scenes) {
    told[scene] = await toldOf(change, { server, followed });
    answers[scene] = await answerOf(await program.post("servers/info", { server_name: server }), program.port);
  }
  const after = await pids();
  return { answers, told, restarted: ["live", "idle"].filter((_, index) => before[index] !== after[index]) };
}

async function pidOf(program: Program, server_name: string): Promise<number> {
  const answer = await program.post("servers/tools", { server_name, tool: "environment", arguments: {} });
  const { result } = (await answer.json()) as { result: { content: { text: string }[] } };
  return (JSON.parse(result.content[0]!.text) as { pid: number }).pid;
}

interface Watching {
  readonly server: string;
  readonly followed: Followed;
}

/** Makes a change and waits for what is told of it. */
async function toldOf(change: () => Promise<void>, { server, followed: { seen } }: Watching): Promise<readonly Told[]> {
  const from = seen.length;
  const isDone = () => seen.slice(from).some((event) => isAbout(event, server) && event.data["type"] === "servers_updated");
  const isBegun = () => seen.slice(from).some((event) => isAbout(event, server));
  await insist(change, isBegun);
  await until(isDone);
  return seen.slice(from).flatMap((event) => (isAbout(event, server) ? [asTold(event)] : []));
}

/** The tools of a server are compared where they are answered. */
function asTold({ data }: SeenEvent): Told {
  const { type, files, changes, newCapabilities, ...rest } = data;
  const lists = newCapabilities === undefined ? {} : { newCapabilities: Object.keys(newCapabilities as object) };
  return { type, files, changes, shape: shapeOf({ ...rest, ...lists }) };
}

const isAbout = ({ data }: SeenEvent, server: string) =>
  data["reason"] === "dev_file_change" && (data["changes"] as { modified: string[] }).modified.includes(server);
