import type { Call } from "./call.ts";

/** Where a tool is called, and how the request for one connection is made. */
export interface Door {
  /** The call of connection number `index`, which nobody else makes. */
  readonly callFor: (index: number) => Call | Promise<Call>;
}

const json = { "content-type": "application/json" };
const mcp = { ...json, accept: "application/json, text/event-stream" };
const clientInfo = { name: "bench", version: "1.0.0" };
const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": clientInfo,
  "io.modelcontextprotocol/clientCapabilities": {},
};

const markerOf = (index: number) => `connection-${index}-of-the-benchmark`;
const rpc = (id: number, method: string, params: object) => JSON.stringify({ jsonrpc: "2.0", id, method, params });

/** `tools/call` of 2026-07-28: one request, no session. */
export function modernDoor(url: string, tool: string): Door {
  const headers = { ...mcp, "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": tool };
  return {
    callFor(index) {
      const marker = markerOf(index);
      return { url, headers, marker, body: rpc(index, "tools/call", { name: tool, arguments: { text: marker }, _meta: meta }) };
    },
  };
}

/** `tools/call` of 2025-11-25, in a session of each connection's own. */
export function sessionDoor(url: string, tool: string): Door {
  return {
    async callFor(index) {
      const marker = markerOf(index);
      const headers = { ...mcp, "mcp-protocol-version": "2025-11-25", "mcp-session-id": await openSession(url) };
      return { url, headers, marker, body: rpc(index + 1, "tools/call", { name: tool, arguments: { text: marker } }) };
    },
  };
}

async function openSession(url: string): Promise<string> {
  const body = rpc(0, "initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
  const response = await fetch(url, { method: "POST", headers: mcp, body });
  await response.text();
  const session = response.headers.get("mcp-session-id");
  if (session === null) throw new Error(`${url} opened no session (${response.status})`);
  const headers = { ...mcp, "mcp-protocol-version": "2025-11-25", "mcp-session-id": session };
  await fetch(url, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) });
  return session;
}

/** The hub's own REST door. */
export const restDoor = (origin: string, toolId: string): Door => ({
  callFor(index) {
    const marker = markerOf(index);
    const body = JSON.stringify({ arguments: { text: marker } });
    return { url: `${origin}/api/v2/tools/${toolId}/call`, headers: json, marker, body };
  },
});

/** The REST door of npm `mcp-hub`. */
export const mcpHubDoor = (origin: string, server: string): Door => ({
  callFor(index) {
    const marker = markerOf(index);
    const body = JSON.stringify({ server_name: server, tool: "echo", arguments: { text: marker } });
    return { url: `${origin}/api/servers/tools`, headers: json, marker, body };
  },
});

/** Whether a call through the door comes back. */
export async function isOpen({ callFor }: Door): Promise<boolean> {
  const { url, headers, body, marker } = await callFor(0);
  const response = await fetch(url, { method: "POST", headers, body });
  return (await response.text()).includes(marker) && response.ok;
}
