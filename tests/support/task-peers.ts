import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema, TaskStatusNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";

type Fields = Record<string, unknown>;

/** A client that knows tasks of its era. */
export interface TaskPeer extends AsyncDisposable {
  readonly capabilities: Fields;
  /** Calls a tool and can be given a task; a client of 2025 asks for one. */
  start(name: string): Promise<Fields>;
  /** Calls a tool as a client that knows nothing of tasks. */
  call(name: string, signal?: AbortSignal): Promise<Fields>;
  ask(method: string, params?: Fields): Promise<Fields>;
  /** Statuses that were told unasked, in order. */
  readonly statuses: readonly Fields[];
}

const info = { name: "test", version: "1" };
const capabilities = { elicitation: { form: {} } };
const Anything = z.looseObject({});
const accepted = { action: "accept" as const, content: { name: "Ana" } };
const ttl = 60_000;

export async function oldPeerV1(url: string): Promise<TaskPeer> {
  const statuses: Fields[] = [];
  const client = new OldClient(info, { capabilities });
  client.setRequestHandler(ElicitRequestSchema, () => accepted);
  client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => void statuses.push(params));
  await client.connect(new OldTransport(new URL(url)));
  return {
    statuses,
    capabilities: client.getServerCapabilities()!,
    start: (name) => client.request({ method: "tools/call", params: { name, arguments: {}, task: { ttl } } }, Anything),
    call: (name, signal) => client.request({ method: "tools/call", params: { name, arguments: {} } }, Anything, { signal }),
    ask: (method, params = {}) => client.request({ method, params }, Anything),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

export async function oldPeerV2(url: string): Promise<TaskPeer> {
  const statuses: Fields[] = [];
  const client = new NewClient(info, { capabilities, versionNegotiation: { mode: "legacy" } });
  client.setRequestHandler("elicitation/create", () => accepted);
  client.setNotificationHandler("notifications/tasks/status", { params: Anything }, (status) => void statuses.push(status));
  await client.connect(new NewTransport(new URL(url)));
  return {
    statuses,
    capabilities: client.getServerCapabilities()!,
    start: (name) => client.request({ method: "tools/call", params: { name, arguments: {}, task: { ttl } } }, Anything),
    call: (name, signal) => client.request({ method: "tools/call", params: { name, arguments: {} } }, Anything, { signal }),
    ask: (method, params = {}) => client.request({ method, params }, Anything),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The SDK does not take tasks of 2026-07-28; its client makes the plain calls. */
export async function newPeer(url: string): Promise<TaskPeer> {
  const client = new NewClient(info, { capabilities, versionNegotiation: { mode: "auto" } });
  client.setRequestHandler("elicitation/create", () => accepted);
  await client.connect(new NewTransport(new URL(url)));
  const ask = rawAsk((request) => fetch(request), url);
  return {
    statuses: [],
    capabilities: client.getServerCapabilities()!,
    start: (name) => ask("tools/call", { name, arguments: {} }),
    call: (name, signal) => client.callTool({ name, arguments: {} }, { signal }),
    ask,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** An error that a JSON-RPC answer held. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Requests of a client of 2026-07-28 that can be given tasks. */
export const rawAsk =
  (send: (request: Request) => Promise<Response>, url: string): TaskPeer["ask"] =>
  async (method, params = {}) => {
    const named = params["taskId"] ?? params["name"];
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": info,
      "io.modelcontextprotocol/clientCapabilities": { ...capabilities, extensions: { "io.modelcontextprotocol/tasks": {} } },
    };
    const response = await send(
      new Request(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": method,
          ...(typeof named === "string" && { "mcp-name": named }),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: meta } }),
      }),
    );
    const text = await response.text();
    const data = text.startsWith("{") ? text : (/^data: (.*"id":1.*)$/m.exec(text)?.[1] ?? "{}");
    const { result, error } = JSON.parse(data) as { result?: Fields; error?: { code: number; message: string } };
    if (error) throw new RpcError(error.code, error.message);
    return result!;
  };
