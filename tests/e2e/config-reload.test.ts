import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Stranger, type RunningHub, type Server } from "./stranger.ts";
import { until } from "./until.ts";

setDefaultTimeout(60_000);

interface Event {
  readonly type: string;
  readonly data: {
    readonly added?: readonly string[];
    readonly removed?: readonly string[];
    readonly message?: string;
    readonly line?: number;
  };
}

/** Names and states of the servers, as in `files ready`. */
async function servers({ url }: RunningHub): Promise<readonly string[]> {
  const { items } = (await (await fetch(`${url}/api/v2/servers`)).json()) as { readonly items: readonly Server[] };
  return items.map(({ name, state }) => `${name} ${state}`).toSorted();
}

const become = (hub: RunningHub, wanted: readonly string[]) =>
  until(`the servers are ${wanted.join(", ") || "none"}`, async () => Bun.deepEquals(await servers(hub), wanted));

const files = { command: "mcp-server-filesystem", args: ["."] };
const everything = { command: "mcp-server-everything" };
const memory = { command: "mcp-server-memory" };

/** A hub that was given a file, or looks at the user's, and somebody who follows its events. */
async function begin(stranger: Stranger, file: string, argv: readonly string[]) {
  const hub = await stranger.serve(argv);
  const tail = stranger.start(["hubctl", "events", "tail", "--json", "--types", "config.*", "--after", "0"]);
  const events = () => {
    const lines = tail.out().split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Event);
  };
  return {
    hub,
    event: (fits: (event: Event) => unknown) => until("the event is there", () => events().find(fits)),
    write: async (mcpServers: Readonly<Record<string, object>>) => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify({ mcpServers }));
    },
  };
}

test.concurrent("a file that comes to be, is changed, replaced and deleted is followed", async () => {
  await using stranger = await Stranger.arrive();
  const file = `${stranger.home}/.config/hubctl/config.json5`;
  const { hub, event, write } = await begin(stranger, file, []);
  expect(await servers(hub)).toEqual([]);

  await write({ files });
  await become(hub, ["files ready"]);
  await event(({ type, data }) => type === "config.changed" && data.added?.join() === "files");
  const { pid } = await stranger.json<Server>(["servers", "get", "files", "--json"]);

  await write({ files, everything });
  await become(hub, ["everything ready", "files ready"]);

  await writeFile(`${file}.new`, JSON.stringify({ mcpServers: { files, memory } }));
  await rename(`${file}.new`, file);
  await become(hub, ["files ready", "memory ready"]);
  await event(({ data }) => data.added?.join() === "memory" && data.removed?.join() === "everything");
  // What did not change was not touched.
  expect((await stranger.json<Server>(["servers", "get", "files", "--json"])).pid).toBe(pid);

  await rm(file);
  await become(hub, []);
  await event(({ data }) => data.removed?.join() === "files,memory");

  await write({ memory });
  await become(hub, ["memory ready"]);
  expect(await hub.stop()).toBe(0);
});

test.concurrent("a file that turns bad changes nothing, and says where it is bad", async () => {
  await using stranger = await Stranger.arrive();
  const file = await stranger.write("servers.json", { mcpServers: { everything } });
  const { hub, event, write } = await begin(stranger, file, ["--config", file]);
  await become(hub, ["everything ready"]);

  await writeFile(file, '{\n  "mcpServers": {\n    "everything": { "command": 3 }\n  }\n}\n');
  const { data } = await event(({ type }) => type === "config.rejected");
  expect(data).toMatchObject({ file, line: 3, message: expect.stringContaining(`${file}:3:`) as string });
  expect(await servers(hub)).toEqual(["everything ready"]);
  expect((await stranger.hubctl(["call", "everything.get-sum", "a=1", "b=2"])).out).toBe("The sum of 1 and 2 is 3.\n");
  expect(await stranger.hubctl(["config", "reload"])).toMatchObject({ code: 2, err: expect.stringContaining(`${file}:3:`) as string });

  await write({ files });
  await become(hub, ["files ready"]);
});
