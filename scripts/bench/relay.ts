// What a gateway costs at the very least: `Bun.serve` that passes on what comes with `fetch`. Takes the upstream's origin,
// prints its own.
const upstream = process.argv[2]!;

const relay = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const response = await fetch(upstream + pathname, { method: "POST", headers: request.headers, body: await request.arrayBuffer() });
    return new Response(await response.arrayBuffer(), { status: response.status, headers: response.headers });
  },
});
console.log(relay.url.origin);
