import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from "@modelcontextprotocol/client";
import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, test } from "bun:test";
import { z as z3 } from "zod/v3";
import { z } from "zod";
import { fakeExtension } from "../support/fake-server.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { testHub } from "../support/test-hub.ts";

const info = { name: "test", version: "1" };
const anything = z.looseObject({});

interface Peer extends AsyncDisposable {
  readonly capabilities: Record<string, unknown> | undefined;
  readonly instructions: string | undefined;
  ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>>;
}

async function sdkV1(url: string): Promise<Peer> {
  const client = new OldClient(info, {});
  await client.connect(new OldTransport(new URL(url)));
  return {
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
    ask: async (method, params) => await client.request({ method, params }, z3.object({}).passthrough() as never),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const sdkV2 =
  (mode: "auto" | "legacy") =>
  async (url: string): Promise<Peer> => {
    const client = new NewClient(info, { versionNegotiation: { mode } });
    await client.connect(new NewTransport(new URL(url)));
    return {
      capabilities: client.getServerCapabilities(),
      instructions: client.getInstructions(),
      ask: (method, params) => client.request({ method, params }, anything),
      [Symbol.asyncDispose]: () => client.close(),
    };
  };

const clients = { "old client, SDK v1": sdkV1, "old client, SDK v2": sdkV2("legacy"), "new client": sdkV2("auto") };
const servers = { "old server": true, "new server": false };

for (const [clientName, connect] of Object.entries(clients))
  for (const [serverName, legacyOnly] of Object.entries(servers))
    describe(`${clientName}, ${serverName}`, () => {
      const cell = async (door: string, work: (peer: Peer, asked: unknown[]) => Promise<void>) => {
        const asked: unknown[] = [];
        await using upstream = startHttpUpstream({
          legacyOnly,
          instructions: "Learn first.",
          extension(method, params) {
            const { _meta, ...own } = params;
            if (method === "skills/forget") throw new ProtocolError(ProtocolErrorCode.MethodNotFound, `There is no ${method}`);
            asked.push([method, own]);
            return { skills: [{ name: "knots", odd: null }], echoed: own };
          },
        });
        await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
        await hub.ready("remote");
        await using peer = await connect(`${hub.url}${door}`);
        await work(peer, asked);
      };

      test("the door of one server passes on what only an extension knows, and what it declares", () =>
        cell("/mcp/s/remote", async (peer, asked) => {
          expect(peer.capabilities).toMatchObject({ extensions: { [fakeExtension]: { levels: [1] } }, experimental: { trial: {} } });
          expect(peer.instructions).toBe("Learn first.");
          expect(await peer.ask("skills/list", { level: 1 })).toMatchObject({
            skills: [{ name: "knots", odd: null }],
            echoed: { level: 1 },
          });
          expect(asked).toEqual([["skills/list", { level: 1 }]]);
        }));

      test("a method that the server does not know either is said to be unknown, and the server stays well", () =>
        cell("/mcp/s/remote", async (peer, asked) => {
          await expect(peer.ask("skills/forget", {})).rejects.toThrow("There is no skills/forget");
          expect(await peer.ask("skills/list", {})).toMatchObject({ echoed: {} });
          expect(asked).toEqual([["skills/list", {}]]);
        }));

      test("where it is not known whose it would be, nobody is asked", () =>
        cell("/mcp", async (peer, asked) => {
          expect(peer.capabilities?.["extensions"]).not.toHaveProperty(fakeExtension);
          await expect(peer.ask("skills/list", {})).rejects.toThrow("Method not found");
          expect(asked).toEqual([]);
        }));
    });
