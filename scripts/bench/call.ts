/** One request of the load, and how its answer is known to be the right one. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Stands in the body of the answer, and in no other connection's. */
  readonly marker: string;
}

/** What the load generator is asked to do: every call on a connection of its own, over and over. */
export interface LoadJob {
  readonly calls: readonly Call[];
  readonly ms: number;
}

export interface LoadFigures {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The bytes of a call as an HTTP/1.1 client with a kept connection sends them. */
export function requestBytes({ url, headers, body }: Call): Buffer {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({ host, ...headers, "content-length": String(Buffer.byteLength(body)) });
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
}
