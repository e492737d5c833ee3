import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import { detail, summarize } from "./describe.ts";
import { ServerDetail, ServerLogLine, ServerName, ServerSummary, serverStates } from "./schema.ts";

const name = { name: ServerName };

export const list = defineOperation({
  summary: "List the servers behind the hub",
  http: "GET /servers",
  scope: "servers:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({ state: z.enum(serverStates).optional().describe("Only servers in this state"), ...pageInput }),
  output: pageOf(ServerSummary),
  run({ state, limit, cursor }, { servers }) {
    const all = servers
      .all()
      .map(summarize)
      .filter((server) => state === undefined || server.state === state);
    const from = cursor === undefined ? 0 : all.findIndex((server) => server.name === cursor) + 1;
    const items = all.slice(from, from + limit);
    return { items, ...(from + limit < all.length && { nextCursor: items.at(-1)?.name }) };
  },
});

export const get = defineOperation({
  summary: "Show one server: state, cause of failure, what it offers",
  http: "GET /servers/{name}",
  scope: "servers:read",
  audit: "none",
  positional: ["name"],
  annotations: { readOnlyHint: true },
  input: z.object(name),
  output: ServerDetail,
  run: ({ name }, { servers, callStats }) => detail(servers.get(name), callStats(name)),
});

export const start = defineOperation({
  summary: "Start a server that is stopped, disabled or backing off",
  http: "POST /servers/{name}/start",
  scope: "servers:write",
  audit: "write",
  positional: ["name"],
  annotations: { idempotentHint: true },
  input: z.object(name),
  output: ServerSummary,
  run: async ({ name }, { servers }) => summarize(await servers.start(name)),
});

export const stop = defineOperation({
  summary: "Stop a server; it stays stopped until it is started or the configuration changes",
  http: "POST /servers/{name}/stop",
  scope: "servers:write",
  audit: "write",
  positional: ["name"],
  annotations: { idempotentHint: true, destructiveHint: true },
  input: z.object({ ...name, disable: z.boolean().default(false).describe("Show it as disabled instead of stopped") }),
  output: ServerSummary,
  run: async ({ name, disable }, { servers }) => summarize(await servers.stop(name, { disable })),
});

export const restart = defineOperation({
  summary: "Stop a server and start it again",
  http: "POST /servers/{name}/restart",
  scope: "servers:write",
  audit: "write",
  positional: ["name"],
  annotations: { idempotentHint: true },
  input: z.object(name),
  output: ServerSummary,
  run: async ({ name }, { servers }) => summarize(await servers.restart(name)),
});

export const refresh = defineOperation({
  summary: "Read again what a server offers",
  description: "A server that tells of its changes needs no asking; one that is not connected is left alone.",
  http: "POST /servers/{name}/refresh",
  scope: "servers:write",
  audit: "none",
  positional: ["name"],
  annotations: { idempotentHint: true },
  input: z.object(name),
  output: ServerSummary,
  async run({ name }, { servers }) {
    const server = servers.get(name);
    await server.refresh();
    return summarize(server);
  },
});

/** Whoever waits for the answer gives up before a server that hangs does. */
const reconnectPatienceMs = 5_000;

export const reconnect = defineOperation({
  summary: "Connect every server anew",
  description: "Waits until each has settled, but no longer than five seconds; a server that takes longer goes on connecting.",
  http: "POST /servers/reconnect",
  scope: "servers:write",
  audit: "write",
  annotations: { idempotentHint: true },
  input: z.object({}),
  output: z.object({ items: z.array(ServerSummary) }),
  async run(_, { servers }) {
    await servers.reconnect(reconnectPatienceMs);
    return { items: servers.all().map(summarize) };
  },
});

export const logs = defineOperation({
  summary: "Show what a server wrote to stderr and what the hub did with it",
  http: "GET /servers/{name}/logs",
  scope: "servers:read",
  audit: "none",
  positional: ["name"],
  annotations: { readOnlyHint: true },
  input: z.object({ ...name, limit: z.int().min(1).max(500).default(200).describe("Most lines to return, newest last") }),
  output: z.object({ items: z.array(ServerLogLine) }),
  run: ({ name, limit }, { servers }) => ({ items: [...servers.get(name).log.lines(limit)] }),
});
