#!/usr/bin/env bun
/**
 * The fixture the official conformance suite runs against, directly and through the hub.
 *
 *     bun tests/conformance/everything-server.ts [--port n] [--legacy]   Streamable HTTP; prints its URL
 *     bun tests/conformance/everything-server.ts --stdio [--legacy]      the same server over stdio
 *     bun tests/conformance/everything-server.ts --tasks [--port n]      a server with the tasks extension instead
 *
 * The port is any free one unless given, here or in PORT. With --legacy it speaks nothing newer than 2025-11-25.
 */
import { parseArgs } from "node:util";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { serveEverythingHttp, serveTasksHttp } from "./everything/http.ts";
import { createEverythingServer } from "./everything/server.ts";
import { createEverythingState } from "./everything/state.ts";

const { values } = parseArgs({
  options: { stdio: { type: "boolean" }, legacy: { type: "boolean" }, tasks: { type: "boolean" }, port: { type: "string" } },
});

if (values.stdio) {
  const state = createEverythingState();
  if (values.legacy) await createEverythingServer(state).connect(new StdioServerTransport());
  else serveStdio(() => createEverythingServer(state));
} else {
  const port = Number(values.port ?? process.env["PORT"] ?? 0);
  const { url } = values.tasks ? serveTasksHttp({ port }) : serveEverythingHttp({ port, legacyOnly: values.legacy ?? false });
  process.stdout.write(`${url}\n`);
}
