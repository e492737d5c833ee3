import type { Clock, Fetch } from "../kernel/runtime.ts";

const patienceMs = 1000;

export interface ProbeOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export type Occupant = { readonly is: "nobody" } | { readonly is: "stranger" } | { readonly is: "hub"; readonly name: string };

/** Who answers at an address: a hub by its health, a stranger by anything else but a refused connection. */
export async function occupantOf(target: { readonly base: string; readonly unix?: string }, options: ProbeOptions): Promise<Occupant> {
  const own = await health(`${target.base}/health`, target.unix, options);
  if (own === "refused") return { is: "nobody" };
  if (own?.["service"] === "hubctl") return { is: "hub", name: `hubctl ${text(own["version"])}` };
  const theirs = await health(`${target.base}/api/health`, target.unix, options);
  if (theirs !== "refused" && theirs?.["server_id"] === "mcp-hub") return { is: "hub", name: `mcp-hub ${text(theirs["version"])}` };
  return { is: "stranger" };
}

const text = (value: unknown) => (typeof value === "string" ? value.replace(/[^\w.+-]/g, "").slice(0, 40) : "");

async function health(
  url: string,
  unix: string | undefined,
  { fetch, clock }: ProbeOptions,
): Promise<Record<string, unknown> | "refused" | undefined> {
  const enough = new AbortController();
  using _ = clock.after(patienceMs, () => enough.abort());
  try {
    const response = await fetch(url, { signal: enough.signal, redirect: "manual", keepalive: false, ...(unix !== undefined && { unix }) });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch (cause) {
    return isRefused(cause) ? "refused" : undefined;
  }
}

/** Nothing listens: a socket file whose hub died refuses like a closed port. */
export const isRefused = (cause: unknown): boolean =>
  ["ECONNREFUSED", "ENOENT"].includes((cause as { code?: string } | undefined)?.code ?? "");
