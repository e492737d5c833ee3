import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Door, McpClient } from "./clients/client.ts";
import { household } from "./clients/household.ts";
import { inspectorClient } from "./clients/inspector.ts";
import { sdkV1, sdkV2 } from "./clients/sdk.ts";
import { binary, Stranger, type RunningHub } from "./stranger.ts";

setDefaultTimeout(90_000);

let stranger: Stranger;
let hub: RunningHub;

beforeAll(async () => {
  stranger = await Stranger.arrive();
  await stranger.write("note.txt", "Remember the milk");
  const config = await household(stranger);
  await stranger.write("servers.json", config);
  // For a hub inside `hubctl stdio`, elsewhere than where the other one is found.
  await stranger.write("../alone/.config/hubctl/config.json5", config);
  hub = await stranger.serve(["--config", "servers.json"]);
  await stranger.serversSettled(hub);
  // It has seen the lists before, as on every day but the first.
  await stranger.hubctl(["tools", "list"], { env: { HOME: `${stranger.home}/alone` } });
});

afterAll(() => stranger[Symbol.asyncDispose]());

const clients: Readonly<Record<string, (door: Door) => McpClient | Promise<McpClient>>> = {
  "the Inspector": (door) => inspectorClient(stranger, door),
  "SDK v1": sdkV1,
  "SDK v2": sdkV2,
};

const stdio = (home: string): Door => ({ argv: [binary, "stdio"], env: stranger.env({ HOME: home }), cwd: stranger.directory });

const doors: Readonly<Record<string, () => Door>> = {
  "/mcp": () => ({ url: hub.mcp }),
  "hubctl stdio in front of the hub": () => stdio(stranger.home),
  "hubctl stdio as a hub": () => stdio(`${stranger.home}/alone`),
};

const cases = Object.keys(clients).flatMap((client) => Object.keys(doors).map((door) => [client, door] as const));

describe.concurrent("everything that the servers offer", () => {
  test.each(cases)("reaches %s through %s", async (name, way) => {
    await using client = await clients[name]!(doors[way]!());
    const tools = await client.tools();
    expect(tools).toEqual(
      expect.arrayContaining(["everything__get-sum", "files__read_text_file", "memory__read_graph", "remote__get-sum"]),
    );
    expect(await client.call("everything__get-sum", { a: 1, b: 2 })).toBe("The sum of 1 and 2 is 3.");
    expect(await client.call("remote__get-sum", { a: 3, b: 4 })).toBe("The sum of 3 and 4 is 7.");
    expect(await client.call("files__read_text_file", { path: "note.txt" })).toBe("Remember the milk");
    expect(await client.call("memory__read_graph", {})).toContain("entities");
    expect(await client.read("demo://resource/static/document/architecture.md")).toStartWith("# Everything Server");
    expect(await client.prompt("everything__args-prompt", { city: "Chicago" })).toContain("Chicago");
  });
});

// A client that asks once, as the Inspector does, gets the lists of no server on the first day.
test("the first list that hubctl stdio gives has the tools of servers that are still starting", async () => {
  const everything = { command: "sh", args: ["-c", "sleep 1; exec mcp-server-everything"] };
  await stranger.write("../first-day/.config/hubctl/config.json5", { mcpServers: { everything } });
  await using client = await sdkV1(stdio(`${stranger.home}/first-day`));
  expect(await client.tools()).toContain("everything__get-sum");
});

describe("hubctl call", () => {
  const sum = ["call", "everything.get-sum", "--a", "1", "--b", "2"];
  const pidOf = async (options: { cwd?: string }) => (await stranger.json<{ pid: number }>(["hub", "status", "--json"], options)).pid;

  test("finds the hub of the directory it runs in, and of one above", async () => {
    await stranger.write("deep/er/file", "");
    for (const cwd of [".", "deep/er"]) {
      expect(await pidOf({ cwd })).toBe(hub.pid);
      expect(await stranger.hubctl(sum, { cwd })).toEqual({ code: 0, out: "The sum of 1 and 2 is 3.\n", err: "" });
    }
  });

  test("finds the first hub from any other directory", async () => {
    expect(await pidOf({ cwd: "/" })).toBe(hub.pid);
    expect(await stranger.hubctl(sum, { cwd: "/" })).toEqual({ code: 0, out: "The sum of 1 and 2 is 3.\n", err: "" });
  });

  test("takes the hub of the directory before the first one", async () => {
    await stranger.write("other/file", "");
    await using second = await stranger.serve([], { cwd: "other" });
    expect(await pidOf({ cwd: "other" })).toBe(second.pid);
    expect(await pidOf({ cwd: "." })).toBe(hub.pid);
    expect(await pidOf({ cwd: "/" })).toBe(hub.pid);
  });

  test("is a hub itself where none runs, or where it is given a configuration", async () => {
    const alone = { env: { HOME: `${stranger.home}/alone` } };
    expect(await stranger.hubctl(sum, alone)).toEqual({ code: 0, out: "The sum of 1 and 2 is 3.\n", err: "" });
    const { code, out } = await stranger.hubctl(["call", "--config", "servers.json", "--json", "remote.get-sum", "a=1", "b=2"]);
    expect({ code, ...JSON.parse(out) }).toMatchObject({
      code: 0,
      ok: true,
      isError: false,
      content: [{ text: "The sum of 1 and 2 is 3." }],
    });
  });

  test("reaches a hub by its address", async () => {
    const { out } = await stranger.hubctl(["--url", hub.url, ...sum], { env: { HOME: `${stranger.home}/nobody` } });
    expect(out).toBe("The sum of 1 and 2 is 3.\n");
  });
});

test("the REST API does what the commands do", async () => {
  const get = async (path: string) => (await fetch(`${hub.url}${path}`)).json() as Promise<Record<string, unknown>>;
  const answer = await fetch(`${hub.url}/api/v2/tools/everything.get-sum/call`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ arguments: { a: 2, b: 2 } }),
  });
  expect(await answer.json()).toMatchObject({ content: [{ text: "The sum of 2 and 2 is 4." }] });
  expect(await get("/health")).toMatchObject({ service: "hubctl", status: "ok" });
  expect(await get("/ready")).toEqual({ status: "ready" });
  expect(await get("/api/v2/servers/remote")).toMatchObject({ name: "remote", state: "ready", transport: "http" });
  expect(await get("/api/v2/openapi.json")).toMatchObject({ openapi: "3.1.0" });
});
