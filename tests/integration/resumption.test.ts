import { expect, test } from "bun:test";
import type { FakeTool } from "../support/fake-server.ts";
import { says, slowTool } from "../support/fake-tools.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

interface SseEvent {
  readonly id?: string;
  readonly retry?: string;
  readonly data: string;
}

/** The events of a stream as they come; leaving the loop cuts the connection. */
async function* eventsOf({ body }: Response): AsyncGenerator<SseEvent> {
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line)!);
      const event: Partial<SseEvent> = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
      if (event.data !== undefined) yield { ...event, data: event.data };
    }
  }
}

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** A session spoken by hand, so that its connections can be cut and its events counted. */
async function openSession(url: string, protocolVersion = "2025-11-25") {
  const send = (message: object, headers: Record<string, string>) =>
    fetch(url, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: "raw", version: "1" } };
  const opened = await send({ id: 0, method: "initialize", params }, {});
  await opened.text();
  const headers = { "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": protocolVersion };
  await send({ method: "notifications/initialized" }, headers);
  const listen = (lastEventId?: string) =>
    fetch(url, {
      headers: { accept: "text/event-stream", ...headers, ...(lastEventId !== undefined && { "last-event-id": lastEventId }) },
    });
  return {
    call: (id: number, name: string) =>
      send({ id, method: "tools/call", params: { name, arguments: {}, _meta: { progressToken: id } } }, headers),
    /** A connection that was cut is cut at the other end a moment later; until then the hub says 409, and a client comes again. */
    async listen(lastEventId?: string): Promise<Response> {
      for (;;) {
        const response = await listen(lastEventId);
        if (response.status !== 409) return response;
        await response.body?.cancel();
      }
    },
  };
}

/** Begins a call and cuts its connection once an event of it fits; gives back that event's id. */
async function callAndCut(session: Awaited<ReturnType<typeof openSession>>, id: number, until: (event: SseEvent) => boolean) {
  for await (const event of eventsOf(await session.call(id, "slow"))) if (until(event)) return event.id!;
  throw new Error("the stream ended by itself");
}

const isPriming = ({ data }: SseEvent) => data === "";
const collect = async (response: Response) => Array.fromAsync(eventsOf(response));

for (const when of ["before", "after"] as const)
  test(`H8 a call whose connection was cut is answered exactly once to who resumes its stream ${when} the answer`, async () => {
    const slow = slowTool();
    await using upstream = startHttpUpstream({ tools: [slow.tool] });
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
    await hub.ready("remote");
    const session = await openSession(`${hub.url}/mcp/s/remote`);
    const priming = await callAndCut(session, 7, isPriming);
    await slow.started;
    await slow.progress(1, 2);
    const resumed = when === "before" ? await session.listen(priming) : undefined;
    slow.finish("done");
    if (when === "after") await hub.event("catalog.called", ({ target }) => target === "remote.slow");
    const [first, ...events] = await collect(resumed ?? (await session.listen(priming)));
    expect(first).toEqual({ id: priming, retry: "1000", data: "" });
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
      { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 7, progress: 1, total: 2 } },
      { jsonrpc: "2.0", id: 7, result: says("done") },
    ]);
    expect(upstream.requests.filter(({ message }) => message?.method === "tools/call")).toHaveLength(1);
    // From its last event on there is nothing more to say, and the stream ends.
    expect((await collect(await session.listen(events.at(-1)!.id))).filter(({ data }) => data !== "")).toEqual([]);
  });

test("H8 a stream that breaks again before it said anything is resumed from where it was", async () => {
  const slow = slowTool();
  await using upstream = startHttpUpstream({ tools: [slow.tool] });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const session = await openSession(`${hub.url}/mcp/s/remote`);
  let last = await callAndCut(session, 1, isPriming);
  for (let times = 0; times < 3; times++)
    for await (const { id } of eventsOf(await session.listen(last))) {
      last = id!;
      break;
    }
  slow.finish("done");
  const heard = (await collect(await session.listen(last))).filter((event) => !isPriming(event));
  expect(heard.map(({ data }) => (JSON.parse(data) as { id: number }).id)).toEqual([1]);
});

test("G11 an event is good for its own stream in its own session, and nothing else is replayed by it", async () => {
  const slow = slowTool();
  await using upstream = startHttpUpstream({ tools: [slow.tool, { name: "fast", call: () => says("fast") }] });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const [ana, bob] = [await openSession(`${hub.url}/mcp/s/remote`), await openSession(`${hub.url}/mcp/s/remote`)];
  const cut = await callAndCut(ana, 1, isPriming);
  const [other] = await collect(await ana.call(2, "fast"));
  slow.finish("secret");
  const answered = (await collect(await ana.listen(cut))).at(-1)!;
  expect(answered.data).toContain("secret");
  for (const [session, id] of [
    [bob, cut],
    [bob, answered.id!],
    [ana, `${cut}0`],
    [ana, cut.slice(0, -2)],
    [ana, "_GET_stream"],
    [ana, "__proto__"],
  ] as const) {
    const refused = await session.listen(id);
    expect([refused.status, await refused.text()]).toEqual([400, expect.not.stringContaining("secret")]);
  }
  const own = await collect(await ana.listen(other!.id));
  expect(own.map(({ data }) => data).join()).not.toContain("secret");
  expect(own.map(({ data }) => data).join()).toContain("fast");
});

test("H8 what the hub said while the standalone stream was cut is heard by who resumes it", async () => {
  await using upstream = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const session = await openSession(`${hub.url}/mcp/s/remote`);
  let last = "";
  for await (const event of eventsOf(await session.listen())) {
    expect(event).toMatchObject({ data: "", retry: "1000" });
    last = event.id!;
    break;
  }
  upstream.offer({ prompts: [{ name: "greet", get: () => ({ messages: [] }) }] });
  await hub.event("catalog.changed", ({ prompts }) => prompts === 1);
  const heard: unknown[] = [];
  for await (const { data } of eventsOf(await session.listen(last)))
    if (data !== "" && heard.push(JSON.parse(data)) && data.includes("prompts/list_changed")) break;
  expect(heard.at(-1)).toEqual({ jsonrpc: "2.0", method: "notifications/prompts/list_changed" });
});

test("a client of an older revision gets no event without content, and can resume from what it was told", async () => {
  const slow = slowTool();
  await using upstream = startHttpUpstream({ tools: [slow.tool] });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const session = await openSession(`${hub.url}/mcp/s/remote`, "2025-06-18");
  const seen: SseEvent[] = [];
  const cutting = callAndCut(session, 1, (event) => seen.push(event) === 1);
  await slow.started;
  await slow.progress(1, 2);
  const last = await cutting;
  slow.finish("done");
  const heard = [...seen, ...(await collect(await session.listen(last)))];
  expect(heard.map(({ data }) => (JSON.parse(data) as { method?: string; id?: number }).method ?? "answer")).toEqual([
    "notifications/progress",
    "answer",
  ]);
});

/** Closes its stream in the middle of the call, to be polled for the answer (SEP-1699). */
function pollingTool() {
  const answer = Promise.withResolvers<void>();
  const called = Promise.withResolvers<() => void>();
  const tool: FakeTool = {
    name: "slow",
    async call(_, { http }) {
      http?.closeSSE?.();
      called.resolve(() => http?.closeSSE?.());
      await answer.promise;
      return says("polled");
    },
  };
  return { tool, answer: answer.resolve, closeAgain: async () => (await called.promise)() };
}

test("a server that closes the stream of a call has that of the caller closed, who comes back for the answer", async () => {
  const polling = pollingTool();
  await using upstream = startHttpUpstream({ tools: [polling.tool], legacyOnly: true });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const session = await openSession(`${hub.url}/mcp/s/remote`);
  const before = await collect(await session.call(1, "slow"));
  expect(before).toEqual([{ id: before[0]!.id!, retry: "1000", data: "" }]);
  polling.answer();
  const [priming, ...after] = await collect(await session.listen(before[0]!.id));
  expect(priming).toEqual(before[0]);
  expect(after.map(({ data }) => JSON.parse(data) as unknown)).toEqual([{ jsonrpc: "2.0", id: 1, result: says("polled") }]);
});

test("a server that lets itself be polled again and again is polled until it answers", async () => {
  const polling = pollingTool();
  await using upstream = startHttpUpstream({ tools: [polling.tool], legacyOnly: true });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const called = hub.client.tools.call({ id: "remote.slow" });
  const polls = () =>
    upstream.requests.filter(({ headers }) => headers.has("last-event-id")).map(({ headers }) => headers.get("last-event-id"));
  for (let times = 1; times <= 3; times++) {
    while (polls().length < times) await new Promise(setImmediate);
    await polling.closeAgain();
  }
  polling.answer();
  expect((await called).content).toEqual(says("polled").content);
  expect(new Set(polls()).size).toBe(1);
});

test("a client of a revision that cannot poll keeps its stream when the server closes its own", async () => {
  const polling = pollingTool();
  await using upstream = startHttpUpstream({ tools: [polling.tool], legacyOnly: true });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const session = await openSession(`${hub.url}/mcp/s/remote`, "2025-06-18");
  const heard = session.call(1, "slow").then(collect);
  polling.answer();
  expect((await heard).map(({ data }) => (JSON.parse(data) as { result: unknown }).result)).toEqual([says("polled")]);
});
