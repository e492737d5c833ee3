const [first, last] = [10_000, 32_000];

/**
 * A port nobody listens on, for what has to know its port before it starts. It lies below those that the system gives to
 * connections (net.ipv4.ip_local_port_range), which another test could be given in between.
 */
export function freePort(): number {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    try {
      using _ = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response() });
      return port;
    } catch (cause) {
      if ((cause as { code?: string }).code !== "EADDRINUSE") throw cause;
    }
  }
}
