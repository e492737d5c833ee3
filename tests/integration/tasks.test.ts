import { createMcpHandler, InMemoryTransport } from "@modelcontextprotocol/server";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, test } from "bun:test";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { z } from "zod";
import { connectLegacy } from "#hub/gateway/mcp/connect-legacy.ts";
import { createRequestServer } from "#hub/gateway/mcp/door-server.ts";
import { serveStdioDoor } from "#hub/gateway/mcp/stdio.ts";
import { localOwner } from "#hub/kernel/principal.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { startNewTaskUpstream } from "../support/new-task-upstream.ts";
import { startOldTaskUpstream } from "../support/old-task-server.ts";
import { newPeer, oldPeerV1, oldPeerV2, rawAsk, type TaskPeer } from "../support/task-peers.ts";
import type { TaskUpstream } from "../support/task-upstream.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

type Fields = Record<string, unknown>;
interface Cell {
  readonly peer: TaskPeer;
  readonly upstream: TaskUpstream;
  readonly hub: TestHub;
  /** Moves the hub's clock on. */
  pass(ms: number): void;
  /** What the tool is called at this door. */
  name(tool: string): string;
}

const extension = "io.modelcontextprotocol/tasks";
const unknownTask = { code: -32602 };
const doors = { "/mcp": (tool: string) => `remote__${tool}`, "/mcp/s/remote": (tool: string) => tool };

async function cell(
  [connect, start, door]: [(url: string) => Promise<TaskPeer>, () => TaskUpstream, keyof typeof doors],
  work: (cell: Cell) => Promise<void>,
) {
  let passed = 0;
  const clock = { ...systemRuntime.clock, now: () => systemRuntime.clock.now() + passed };
  await using upstream = start();
  await using hub = await testHub(
    { mcpServers: { remote: { url: upstream.url } }, hub: { maxResultBytes: 4_000 } },
    { runtime: { clock } },
  );
  await hub.ready("remote");
  await using peer = await connect(`${hub.url}${door}`);
  await work({ peer, upstream, hub, name: doors[door], pass: (ms) => (passed += ms) });
}

/** The id that a client was given for a task, in whichever shape. */
const idOf = ({ task, taskId }: Fields) => String((task as Fields | undefined)?.["taskId"] ?? taskId);

/** The finished result, as clients of this era fetch it. */
const resultOf = async ({ ask }: TaskPeer, taskId: string, isOld: boolean) =>
  isOld ? await ask("tasks/result", { taskId }) : ((await ask("tasks/get", { taskId }))["result"] as Fields);

async function until(peer: Pick<TaskPeer, "ask">, taskId: string, status: string): Promise<Fields> {
  for (;;) {
    const task = await peer.ask("tasks/get", { taskId });
    if (task["status"] === status) return task;
    await new Promise(setImmediate);
  }
}

const same = {
  "old client, SDK v1, old server": { connect: oldPeerV1, start: startOldTaskUpstream, isOld: true },
  "old client, SDK v2, old server": { connect: oldPeerV2, start: startOldTaskUpstream, isOld: true },
  "new client, new server": { connect: newPeer, start: startNewTaskUpstream, isOld: false },
};

for (const [name, { connect, start, isOld }] of Object.entries(same))
  for (const door of Object.keys(doors) as (keyof typeof doors)[])
    describe(`H6 tasks: ${name}, ${door}`, () => {
      const run = (work: (cell: Cell) => Promise<void>) => cell([connect, start, door], work);

      test("a call is answered with a task, which is followed to its result", () =>
        run(async ({ peer, upstream, name }) => {
          const created = await peer.start(name("job"));
          const taskId = idOf(created);
          const [{ id: own, finish }] = upstream.begun as [(typeof upstream.begun)[number]];
          expect(taskId).not.toBe(own);
          expect(JSON.stringify(created)).not.toContain(own);
          expect(await peer.ask("tasks/get", { taskId })).toMatchObject({ taskId, status: "working" });
          finish("all of it");
          await until(peer, taskId, "completed");
          const result = await resultOf(peer, taskId, isOld);
          expect(result).toMatchObject({ content: [{ type: "text", text: "all of it" }] });
          expect(JSON.stringify([result, peer.statuses])).not.toContain(own);
          if (isOld) expect(result["_meta"]).toEqual({ "io.modelcontextprotocol/related-task": { taskId } });
        }));

      if (isOld)
        test("what becomes of a task is told unasked", () =>
          run(async ({ peer, upstream, name }) => {
            const given: string[] = [];
            // The stream that it is told on may open later than the first task ends.
            while (peer.statuses.length === 0) {
              const taskId = idOf(await peer.start(name("job")));
              given.push(taskId);
              upstream.begun.at(-1)!.finish("over");
              await until(peer, taskId, "completed");
            }
            const [told] = peer.statuses;
            expect(told).toMatchObject({ status: "completed" });
            expect(given).toContain(String(told!["taskId"]));
          }));

      test("a task is cancelled at its server", () =>
        run(async ({ peer, upstream, name }) => {
          const taskId = idOf(await peer.start(name("job")));
          await peer.ask("tasks/cancel", { taskId });
          expect(await until(peer, taskId, "cancelled")).toMatchObject({ taskId });
          expect(upstream.methods).toContain("tasks/cancel");
        }));

      test("an unknown task, and one of somebody else, are the same", () =>
        run(async ({ peer, upstream, hub, name }) => {
          const theirs = idOf(await peer.start(name("job")));
          await using stranger = await strangerAt(hub, isOld);
          const before = upstream.methods.length;
          const methods = isOld ? ["tasks/get", "tasks/result", "tasks/cancel"] : ["tasks/get", "tasks/update", "tasks/cancel"];
          for (const method of methods) {
            const told = (error: Error) => error.message.replaceAll(theirs, "it").replaceAll("f".repeat(32), "it");
            const refused = await stranger.ask(method, { taskId: theirs }).catch((error: unknown) => error as Error);
            const unknown = await stranger.ask(method, { taskId: "f".repeat(32) }).catch((error: unknown) => error as Error);
            expect(refused).toMatchObject(unknownTask);
            expect(unknown).toMatchObject(unknownTask);
            expect(told(refused as Error)).toBe(told(unknown as Error));
            await expect(peer.ask(method, { taskId: "f".repeat(32) })).rejects.toMatchObject(unknownTask);
          }
          if (isOld) expect(await stranger.ask("tasks/list")).toEqual({ tasks: [] });
          expect(upstream.methods.length).toBe(before);
          upstream.begun[0]!.finish("mine");
          await until(peer, theirs, "completed");
          expect(stranger.statuses).toEqual([]);
        }));

      test("the id that its server knows a task by is none", () =>
        run(async ({ peer, upstream, name }) => {
          await peer.start(name("job"));
          await expect(peer.ask("tasks/get", { taskId: upstream.begun[0]!.id })).rejects.toMatchObject(unknownTask);
        }));

      test("a task is forgotten when its time is over", () =>
        run(async ({ peer, upstream, name, pass }) => {
          const taskId = idOf(await peer.start(name("job")));
          pass(59_000);
          expect(await peer.ask("tasks/get", { taskId })).toMatchObject({ taskId });
          pass(61_000);
          if (!isOld) {
            // It has none: the hub keeps it for a day.
            expect(await peer.ask("tasks/get", { taskId })).toMatchObject({ taskId });
            pass(24 * 60 * 60_000);
          }
          const before = upstream.methods.length;
          await expect(peer.ask("tasks/get", { taskId })).rejects.toMatchObject(unknownTask);
          expect(upstream.methods.length).toBe(before);
        }));

      test("a result beyond the limit stays in the hub", () =>
        run(async ({ peer, name }) => {
          const taskId = idOf(await peer.start(name("huge")));
          const failure = await (isOld ? peer.ask("tasks/result", { taskId }) : until(peer, taskId, "completed")).catch(
            (error: unknown) => error,
          );
          expect(String(failure)).toContain("larger than the limit of 4000 bytes");
        }));

      test("a task asks its client", () =>
        run(async ({ peer, name }) => {
          const taskId = idOf(await peer.start(name("ask")));
          if (!isOld) {
            const { inputRequests } = await until(peer, taskId, "input_required");
            const keys = Object.keys(inputRequests as Fields);
            await peer.ask("tasks/update", {
              taskId,
              inputResponses: Object.fromEntries(keys.map((key) => [key, { action: "accept", content: { name: "Ana" } }])),
            });
            await until(peer, taskId, "completed");
          }
          expect(await resultOf(peer, taskId, isOld)).toMatchObject({ content: [{ text: "Ana" }] });
        }));

      test("a tool that has no tasks", () =>
        run(async ({ peer, name }) => {
          if (isOld) await expect(peer.start(name("plain"))).rejects.toMatchObject({ code: -32601 });
          else expect(await peer.start(name("plain"))).toMatchObject({ resultType: "complete", content: [{ text: "plain" }] });
        }));
    });

const mixed = {
  "old client, new server": { connect: oldPeerV1, start: startNewTaskUpstream, isOld: true },
  "new client, old server": { connect: newPeer, start: startOldTaskUpstream, isOld: false },
};

for (const [name, { connect, start, isOld }] of Object.entries(mixed))
  describe(`H6 tasks: ${name}`, () => {
    const run = (work: (cell: Cell) => Promise<void>) => cell([connect, start, "/mcp/s/remote"], work);

    test("the door declares none, and the hub waits for the tasks of tools that need them", () =>
      run(async ({ peer, upstream }) => {
        expect([peer.capabilities["tasks"], (peer.capabilities["extensions"] as Fields | undefined)?.[extension]]).toEqual([
          undefined,
          undefined,
        ]);
        expect(await peer.call("must")).toMatchObject({ content: [{ text: "done" }] });
        expect(await peer.start("must")).toMatchObject({ content: [{ text: "done" }] });
        expect(await peer.call("plain")).toMatchObject({ content: [{ text: "plain" }] });
        expect(upstream.methods.filter((method) => method.startsWith("tasks/")).length).toBeGreaterThanOrEqual(2);
        const refused = isOld ? ["tasks/get", "tasks/result", "tasks/list"] : ["tasks/get", "tasks/update"];
        for (const method of refused) await expect(peer.ask(method, { taskId: "x" })).rejects.toMatchObject({ code: -32601 });
      }));

    test("a task asks the client of the call", () =>
      run(async ({ peer }) => {
        expect(await peer.call("ask")).toMatchObject({ content: [{ text: "Ana" }] });
      }));

    test("a call that is cancelled cancels its task", () =>
      run(async ({ peer, upstream }) => {
        const stop = new AbortController();
        const call = peer.call("wait", stop.signal);
        call.catch(() => undefined);
        while (!upstream.methods.some((method) => method === "tasks/get" || method === "tasks/result")) await new Promise(setImmediate);
        stop.abort();
        await expect(call).rejects.toThrow();
        while (!upstream.methods.includes("tasks/cancel")) await new Promise(setImmediate);
      }));
  });

describe("H6 tasks at the aggregated door", () => {
  test("each era is told of its own tasks, whatever servers there are", () =>
    cell([oldPeerV1, startNewTaskUpstream, "/mcp"], async ({ peer, hub }) => {
      expect(peer.capabilities["tasks"]).toEqual({ list: {}, cancel: {}, requests: { tools: { call: {} } } });
      expect(peer.capabilities["extensions"]).toBeUndefined();
      await using newer = await newPeer(`${hub.url}/mcp`);
      expect(newer.capabilities["extensions"]).toEqual({ [extension]: {} });
      expect(newer.capabilities["tasks"]).toBeUndefined();
      await expect(peer.start("remote__must")).rejects.toMatchObject({ code: -32601 });
      expect(await peer.call("remote__must")).toMatchObject({ content: [{ text: "done" }] });
    }));

  test("tasks of two servers stand side by side, each listed where its server is", async () => {
    await using one = startOldTaskUpstream();
    await using two = startOldTaskUpstream();
    await using hub = await testHub({ mcpServers: { one: { url: one.url }, two: { url: two.url } } });
    await hub.ready("one", "two");
    await using peer = await oldPeerV1(`${hub.url}/mcp`);
    await using own = await oldPeerV2(`${hub.url}/mcp/s/two`);
    const first = idOf(await peer.start("one__job"));
    const second = idOf(await peer.start("two__job"));
    two.begun[0]!.finish("of two");
    const ids = async (at: TaskPeer) => ((await at.ask("tasks/list"))["tasks"] as Fields[]).map(({ taskId, status }) => [taskId, status]);
    await until(peer, second, "completed");
    expect(await ids(peer)).toEqual([
      [first, "working"],
      [second, "completed"],
    ]);
    expect(await ids(own)).toEqual([[second, "completed"]]);
    await expect(own.ask("tasks/get", { taskId: first })).rejects.toMatchObject(unknownTask);
    expect(await own.ask("tasks/result", { taskId: second })).toMatchObject({ content: [{ text: "of two" }] });
  });

  test("a task outlives the session that began it", () =>
    cell([oldPeerV1, startOldTaskUpstream, "/mcp"], async ({ upstream, hub }) => {
      const before = await oldPeerV1(`${hub.url}/mcp`);
      const taskId = idOf(await before.start("remote__job"));
      await before[Symbol.asyncDispose]();
      upstream.begun[0]!.finish("later");
      await using after = await oldPeerV2(`${hub.url}/mcp`);
      expect(await after.ask("tasks/result", { taskId })).toMatchObject({ content: [{ text: "later" }] });
    }));

  test("SDK v1 follows a task by itself", async () => {
    await using upstream = startOldTaskUpstream();
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
    await hub.ready("remote");
    const client = new OldClient({ name: "test", version: "1" });
    await client.connect(new OldTransport(new URL(`${hub.url}/mcp`)));
    await client.listTools();
    const seen: string[] = [];
    for await (const message of client.experimental.tasks.callToolStream({ name: "remote__must", arguments: {} })) seen.push(message.type);
    expect(seen.at(0)).toBe("taskCreated");
    expect(seen.at(-1)).toBe("result");
    await client.close();
  });

  test("who calls without a client gets the result, and the audit log every step", () =>
    cell([oldPeerV1, startOldTaskUpstream, "/mcp"], async ({ hub, peer }) => {
      expect(await hub.client.tools.call({ id: "remote.must", arguments: {} })).toMatchObject({ content: [{ text: "done" }] });
      const taskId = idOf(await peer.start("remote__must"));
      await peer.ask("tasks/result", { taskId });
      const called = await hub.event("catalog.called", ({ kind }) => kind === "task");
      expect(called.data).toMatchObject({ target: "remote.must", source: "remote", outcome: "OK" });
    }));

  test("hubctl stdio passes tasks on", async () => {
    await using upstream = startOldTaskUpstream();
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
    await hub.ready("remote");
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const served = serveStdioDoor({ ...hub.hub.stdio, stdin, stdout, maxMessageBytes: 1_000_000 });
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const told: Fields[] = [];
    const read = async (fits: (message: Fields) => boolean) => {
      for (;;) {
        const found = told.find(fits);
        if (found) return found;
        told.push(JSON.parse((await lines.next()).value as string) as Fields);
      }
    };
    const ask = async (id: number, method: string, params: object) => {
      stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      return (await read((message) => message["id"] === id))["result"] as Fields;
    };
    const clientInfo = { name: "t", version: "1" };
    await ask(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
    const taskId = idOf(await ask(2, "tools/call", { name: "remote__job", arguments: {}, task: {} }));
    upstream.begun[0]!.finish("through a pipe");
    await read(({ method, params }) => method === "notifications/tasks/status" && (params as Fields)["taskId"] === taskId);
    expect(await ask(3, "tasks/result", { taskId })).toMatchObject({ content: [{ text: "through a pipe" }] });
    stdin.end();
    await served;
  });
});

/** Another principal of the same hub, at the aggregated door. */
async function strangerAt({ hub }: TestHub, isOld: boolean): Promise<Pick<TaskPeer, "ask" | "statuses"> & AsyncDisposable> {
  const stranger = { ...hub.stdio, principal: { ...localOwner, id: "stranger" } };
  const statuses: Fields[] = [];
  if (!isOld) {
    const handler = createMcpHandler(() => createRequestServer(stranger), { legacy: "reject" });
    return {
      statuses,
      ask: rawAsk((request) => handler.fetch(request), "http://127.0.0.1/mcp"),
      [Symbol.asyncDispose]: () => handler.close(),
    };
  }
  const [near, far] = InMemoryTransport.createLinkedPair();
  const { listening } = await connectLegacy(far, stranger, () => undefined);
  const client = new OldClient({ name: "stranger", version: "1" });
  client.fallbackNotificationHandler = async ({ params }) => void statuses.push({ ...params });
  await client.connect(near);
  listening();
  return {
    statuses,
    ask: (method, params = {}) => client.request({ method, params }, z.looseObject({})),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
