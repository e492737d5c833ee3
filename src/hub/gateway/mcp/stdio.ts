import type { Server } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Readable, Writable } from "node:stream";
import { createDoorServer } from "./door-server.ts";
import type { LegacyOptions } from "./connect-legacy.ts";
import { listChangedMethods } from "./list-changed.ts";

export interface StdioDoorOptions extends LegacyOptions {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly maxMessageBytes: number;
}

/** Serves the hub as a stdio MCP server, for clients that only launch commands. Resolves when the client has left. */
export async function serveStdioDoor({
  stdin,
  stdout,
  maxMessageBytes,
  view,
  principal,
  version,
  watches,
  rounds,
}: StdioDoorOptions): Promise<void> {
  const live = new Set<Server>();
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: maxMessageBytes });
  const subscriptions = watches.session(
    (uri) => view.route(uri, principal),
    (uri) => {
      for (const server of live) void server.sendResourceUpdated({ uri }).catch(() => undefined);
    },
  );
  const changes = view.onChange((changed) => {
    for (const server of live)
      for (const method of listChangedMethods(changed, view)) void server.notification({ method }).catch(() => undefined);
  });
  const statuses = view.tasks.onStatus({ principal: principal.id, era: "legacy", source: view.source }, (params) => {
    for (const server of live) void server.notification({ method: "notifications/tasks/status", params }).catch(() => undefined);
  });
  const left = Promise.withResolvers<void>();
  stdin.once("end", left.resolve);
  stdin.once("close", left.resolve);
  const handle = serveStdio(
    ({ era }) => {
      const { server } = createDoorServer({ view, principal, version, era, subscriptions, rounds });
      live.add(server);
      server.onclose = () => live.delete(server);
      return server;
    },
    { transport },
  );
  await left.promise;
  statuses[Symbol.dispose]();
  changes[Symbol.dispose]();
  subscriptions[Symbol.dispose]();
  await handle.close();
}
