import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "bun:test";
import { asking } from "../support/asking-tool.ts";
import { echo, slowTool } from "../support/fake-tools.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

const info = { name: "test", version: "1" };
const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const sampled = { role: "assistant" as const, model: "m", content: { type: "text" as const, text: "Paris" } };
const roots = { roots: [{ uri: "file:///home" }] };

/** A person at a client: gives a name, signs in where asked, and remembers the URLs. */
function answerer() {
  const opened: string[] = [];
  const elicit = (params: Record<string, unknown>) => {
    if (params["mode"] !== "url") return { action: "accept" as const, content: { name: "Ana" } };
    opened.push(String(params["url"]));
    return { action: "accept" as const };
  };
  return { opened, elicit };
}

interface Peer extends AsyncDisposable {
  readonly opened: readonly string[];
  call(
    name: string,
    args: object,
    options?: { signal?: AbortSignal; onprogress?: (progress: { progress: number }) => void },
  ): Promise<unknown>;
  toolNames(): Promise<string[]>;
  onToolsChanged(listener: () => Promise<void>): Promise<void>;
  watch(uri: string, listener: (uri: string) => void): Promise<void>;
}

async function sdkV1(url: string): Promise<Peer> {
  const { opened, elicit } = answerer();
  const client = new OldClient(info, { capabilities });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicit(params));
  client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
  client.setRequestHandler(ListRootsRequestSchema, () => roots);
  await client.connect(new OldTransport(new URL(url)));
  return {
    opened,
    call: (name, args, options) => client.callTool({ name, arguments: { ...args } }, undefined, options),
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    async onToolsChanged(listener) {
      client.setNotificationHandler(ToolListChangedNotificationSchema, listener);
    },
    async watch(uri, listener) {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => listener(params.uri));
      await client.subscribeResource({ uri });
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const sdkV2 =
  (mode: "auto" | "legacy") =>
  async (url: string): Promise<Peer> => {
    const { opened, elicit } = answerer();
    const client = new NewClient(info, { capabilities, versionNegotiation: { mode } });
    client.setRequestHandler("elicitation/create", ({ params }) => elicit(params));
    client.setRequestHandler("sampling/createMessage", () => sampled);
    client.setRequestHandler("roots/list", () => roots);
    await client.connect(new NewTransport(new URL(url)));
    expect(client.getProtocolEra()).toBe(mode === "auto" ? "modern" : "legacy");
    return {
      opened,
      call: (name, args, options) => client.callTool({ name, arguments: { ...args } }, options),
      toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
      async onToolsChanged(listener) {
        client.setNotificationHandler("notifications/tools/list_changed", listener);
        if (mode === "auto") await client.listen({ toolsListChanged: true });
      },
      async watch(uri, listener) {
        client.setNotificationHandler("notifications/resources/updated", ({ params }) => listener(params.uri));
        if (mode === "auto") await client.listen({ resourceSubscriptions: [uri] });
        else await client.subscribeResource({ uri });
      },
      [Symbol.asyncDispose]: () => client.close(),
    };
  };

const clients = { "old client, SDK v1": sdkV1, "old client, SDK v2": sdkV2("legacy"), "new client": sdkV2("auto") };
const servers = { "old server": true, "new server": false };

const heard = {
  form: 'accept{"name":"Ana"}',
  url: "accept",
  sampling: '{"type":"text","text":"Paris"}',
  roots: "file:///home",
};

for (const [clientName, connect] of Object.entries(clients))
  for (const [serverName, legacyOnly] of Object.entries(servers))
    describe(`H6 ${clientName}, ${serverName}`, () => {
      const cell = async (work: (peer: Peer, upstream: ReturnType<typeof startHttpUpstream>) => Promise<void>, slow = slowTool()) => {
        await using upstream = startHttpUpstream({
          legacyOnly,
          tools: [echo, asking, slow.tool],
          resources: [{ uri: "note://1", name: "one", text: "1" }],
        });
        await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
        await hub.ready("remote");
        await using peer = await connect(`${hub.url}/mcp`);
        await work(peer, upstream);
      };

      for (const [what, answer] of Object.entries(heard))
        test(what, () =>
          cell(async (peer) => {
            expect(await peer.call("remote__ask", { what })).toMatchObject({ content: [{ text: answer }] });
            expect(peer.opened).toEqual(what === "url" ? ["https://as.example/sign-in"] : []);
          }),
        );

      test("three rounds of questions", () =>
        cell(async (peer) => {
          expect(await peer.call("remote__ask", { what: "form", rounds: 3 })).toMatchObject({
            content: [{ text: Array(3).fill(heard.form).join(" ") }],
          });
        }));

      test("progress, then cancelling", () => {
        const slow = slowTool();
        return cell(async (peer) => {
          const stop = new AbortController();
          const seen = Promise.withResolvers<number>();
          const call = peer.call("remote__slow", {}, { signal: stop.signal, onprogress: ({ progress }) => seen.resolve(progress) });
          call.catch(() => undefined);
          await slow.started;
          await slow.progress(4, 9);
          expect(await seen.promise).toBe(4);
          stop.abort();
          expect(call).rejects.toThrow();
          await slow.cancelled;
        }, slow);
      });

      test("a changed list", () =>
        cell(async (peer, upstream) => {
          const gone = Promise.withResolvers<void>();
          await peer.onToolsChanged(async () => {
            if (!(await peer.toolNames()).includes("remote__ask")) gone.resolve();
          });
          expect(await peer.toolNames()).toContain("remote__ask");
          upstream.offer({ tools: [echo] });
          await gone.promise;
        }));

      test("a watched resource", () =>
        cell(async (peer, upstream) => {
          const updated = Promise.withResolvers<string>();
          await peer.watch("note://1", updated.resolve);
          upstream.touch("note://1");
          expect(await updated.promise).toBe("note://1");
        }));
    });
