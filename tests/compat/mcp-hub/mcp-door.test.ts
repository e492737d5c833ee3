import { expect, test } from "bun:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { join } from "node:path";
import { stdioServer } from "../../support/stdio-server.ts";
import { place, start, until, type ProgramName } from "./program.ts";

/** What a client of the old HTTP+SSE transport finds at `/mcp`. */
async function visit(name: ProgramName) {
  await using at = await place();
  await at.write("servers.json", { mcpServers: { echo: stdioServer("echo"), "two words": { ...stdioServer("echo") } } });
  await using hub = await start(name, ["--config", "servers.json"], { at });
  await until(async () => ((await (await hub.get("health")).json()) as { state: string }).state === "ready");
  const client = new Client({ name: "old", version: "1" });
  await client.connect(new SSEClientTransport(new URL(`http://localhost:${hub.port}/mcp`)));
  const failure = (asked: Promise<unknown>) =>
    asked.then(
      () => undefined,
      (cause: { code?: number }) => cause.code,
    );
  const seen = {
    tools: (await client.listTools()).tools.map((tool) => tool.name),
    prompts: (await client.listPrompts()).prompts.map((prompt) => prompt.name),
    resources: (await client.listResources()).resources.map(({ uri }) => uri),
    called: await client.callTool({ name: "echo__echo", arguments: { text: "x" } }),
    failed: await client.callTool({ name: "echo__fail", arguments: {} }),
    prompt: await client.getPrompt({ name: "echo__greet", arguments: { name: "Ana" } }),
    unknownTool: await failure(client.callTool({ name: "echo__nothing" })),
    unknownPrompt: await failure(client.getPrompt({ name: "echo__nothing" })),
    unknownResource: await failure(client.readResource({ uri: "nothing://here" })),
    capabilities: client.getServerCapabilities(),
    health: ((await (await hub.get("health")).json()) as { mcpEndpoint: { activeClients: number } }).mcpEndpoint.activeClients,
  };
  const [uri] = seen.resources;
  const { contents } = await client.readResource({ uri: uri! });
  await client.close();
  return { ...seen, contents };
}

test("the old transport at /mcp shows and calls the same by the same names; the notes say what differs", async () => {
  const [theirs, ours] = await Promise.all([visit("theirs"), visit("ours")]);
  // The first page of five is all that mcp-hub reads of a list.
  expect(theirs.tools.filter((name) => name.startsWith("echo__"))).toHaveLength(5);
  expect(ours.tools).toEqual(expect.arrayContaining(theirs.tools.filter((name) => name.startsWith("echo__"))));
  expect(ours.prompts).toContain("echo__greet");
  expect({ ...ours.called, ...ours.failed }).toEqual({ ...theirs.called, ...theirs.failed });
  expect(ours.prompt).toEqual(theirs.prompt);
  expect(ours.contents).toEqual(theirs.contents);
  expect(ours.health).toBe(theirs.health);
  expect(ours.capabilities).toMatchObject(theirs.capabilities as object);
  expect([theirs.unknownPrompt, ours.unknownPrompt]).toEqual([-32603, -32602]);
  expect([theirs.unknownTool, ours.unknownTool]).toEqual([-32603, -32602]);
  expect(theirs.resources).toContain("echo__echo://readme");
  expect(ours.resources).toContain("echo://readme");
}, 30_000);

/** What the old transport says by hand: where to post, and how messages are refused that belong to no session. */
async function knock(name: ProgramName) {
  await using at = await place();
  await at.write("servers.json", {
    mcpServers: { changing: { command: process.execPath, args: [join(import.meta.dir, "changing-server.ts")] } },
  });
  await using hub = await start(name, ["--config", "servers.json"], { at });
  await until(async () => ((await (await hub.get("health")).json()) as { state: string }).state === "ready");
  const root = `http://localhost:${hub.port}`;
  const leaving = new AbortController();
  const { body } = await fetch(`${root}/mcp`, { signal: leaving.signal });
  const { value } = await body!.getReader().read();
  leaving.abort();
  const post = async (path: string) => {
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    const response = await fetch(`${root}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ping),
    });
    return [response.status, Object.keys((await response.json()) as object)];
  };
  const client = new Client({ name: "old", version: "1" });
  const changed = new Set<string>();
  client.fallbackNotificationHandler = async ({ method }) => void changed.add(method);
  await client.connect(new SSEClientTransport(new URL(`${root}/mcp`)));
  await client.callTool({ name: "changing__change" });
  await until(() => changed.size === 3);
  const tools = (await client.listTools()).tools.map((tool) => tool.name).filter((tool) => tool.startsWith("changing__"));
  await client.close();
  return {
    endpoint: new TextDecoder().decode(value).replace(/[0-9a-f-]{20,}/, "<id>"),
    withoutSession: await post("/messages"),
    ofNobody: await post("/messages?sessionId=nobody"),
    changed: [...changed].toSorted(),
    tools: tools.toSorted(),
  };
}

test("the old transport names the same address and tells of changed lists; a message to no session is 404 in our own form", async () => {
  const [theirs, ours] = await Promise.all([knock("theirs"), knock("ours")]);
  expect(theirs).toMatchObject({ withoutSession: [400, ["jsonrpc", "error", "id"]], ofNobody: [404, ["jsonrpc", "error", "id"]] });
  expect(ours).toEqual({ ...theirs, withoutSession: [404, ["error"]], ofNobody: [404, ["error"]] });
  expect(ours.tools).toHaveLength(3);
}, 30_000);
