/** Listens in place of a hub that has shared its port: `following-listener.ts <port> <host> [<socket>]`. Ends with its standard input. */
import { createListener } from "#hub/gateway/listener.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";

const [port, host = "", path] = process.argv.slice(2);
const legacy = { port: Number(port), socket: path, isShared: true };
const listener = await createListener({
  handler: (request) =>
    request.url.endsWith("/health")
      ? Response.json({ service: "hubctl" })
      : new Response("second", { headers: { "x-host": request.headers.get("host")! } }),
  host,
  port: legacy.port,
  ...(path !== undefined && { socket: { path } }),
  legacy,
  log: silentLog,
  runtime: systemRuntime,
});
console.log("listening");
await Bun.stdin.text();
await listener.stop({ deadlineMs: 0 });
process.exit(0);
