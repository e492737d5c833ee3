import { createFetch, FetchError } from "ofetch";
import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import { listingOf, timeOf } from "./listing.ts";
import { listingKey, officialKey, RegistryEntry } from "./server-json.ts";
import type { KnownVersion, SyncState, VersionStore } from "./version-store.ts";

export interface SyncDeps {
  readonly store: Pick<VersionStore, "put" | "state" | "setState">;
  /** Goes through the egress gate, which caps a page in bytes and in time. */
  readonly fetch: (url: string, init: { readonly signal: AbortSignal; readonly headers: Record<string, string> }) => Promise<Response>;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the registry is. */
  readonly registry: string;
  /** When the bundled lists were made, RFC 3339. */
  readonly bundledAt: string;
  readonly limits?: Partial<SyncLimits>;
}

export interface SyncLimits {
  readonly pages: number;
  readonly pauseMs: number;
  readonly entryBytes: number;
}

export interface SyncResult {
  readonly received: number;
  /** Entries that are none, or far too large. */
  readonly skipped: number;
  /** The registry has more than one run takes; the next one goes on. */
  readonly complete: boolean;
  readonly withdrawn: readonly string[];
}

const defaultLimits: SyncLimits = { pages: 500, pauseMs: 50, entryBytes: 262_144 };
const pageSize = 100;
/** The registry's clock is not ours, and changes may be written out of order. */
const overlapMs = 5 * 60_000;

const Page = z.looseObject({
  servers: z.array(z.unknown()).max(1_000).nullable(),
  metadata: z.looseObject({ nextCursor: z.string().max(1_024).nullish() }).optional(),
});

/** Follows the registry from where the last run ended, page by page; what was received stays, whatever happens then. */
export async function syncRegistry(deps: SyncDeps, signal: AbortSignal): Promise<SyncResult> {
  const before = await deps.store.state();
  const since = before.since ?? deps.bundledAt;
  const run: Run = { since, cursor: before.cursor, seen: before.seen ?? since, received: 0, skipped: 0, withdrawn: [], visited: new Set() };
  const save = (state: SyncState) => deps.store.setState({ ...state, at: deps.clock.now() });
  try {
    const complete = await followPages(deps, { run, save, signal });
    const { received, skipped, withdrawn } = run;
    if (complete) await save({ since: new Date(Math.max(timeOf(since), timeOf(run.seen) - overlapMs)).toISOString() });
    return { received, skipped, complete, withdrawn };
  } catch (cause) {
    const error = HubError.from(cause);
    // A cursor that does not work any more must not keep every later run from working.
    const { cursor, seen } = run;
    await save(error.code === "UPSTREAM_REJECTED" ? { since, error: error.message } : { since, cursor, seen, error: error.message });
    throw error;
  }
}

interface Run {
  readonly since: string;
  cursor: string | undefined;
  /** The newest change so far, RFC 3339. */
  seen: string;
  received: number;
  skipped: number;
  readonly withdrawn: string[];
  readonly visited: Set<string>;
}

interface Following {
  readonly run: Run;
  readonly save: (state: SyncState) => Promise<void>;
  readonly signal: AbortSignal;
}

/** True when there are no more pages; false when there are more than one run takes. */
async function followPages(deps: SyncDeps, { run, save, signal }: Following): Promise<boolean> {
  const limits = { ...defaultLimits, ...deps.limits };
  for (let pages = 0; pages < limits.pages; pages++) {
    const page = await fetchPage(deps, { since: run.since, cursor: run.cursor, signal });
    await keep(deps, run, { raw: page.servers ?? [], mostBytes: limits.entryBytes });
    const next = page.metadata?.nextCursor;
    if (!next || !page.servers?.length) return true;
    if (run.visited.has(next) || next === run.cursor)
      throw new HubError("UPSTREAM_REJECTED", "The registry sends its pages in a circle", { hint: "Try again later" });
    run.visited.add(next);
    run.cursor = next;
    await save({ since: run.since, cursor: next, seen: run.seen });
    await deps.clock.sleep(limits.pauseMs, signal);
  }
  return false;
}

async function keep(
  { store, clock }: SyncDeps,
  run: Run,
  { raw, mostBytes }: { readonly raw: readonly unknown[]; readonly mostBytes: number },
): Promise<void> {
  const rows = raw.flatMap((one) => rowOf(one, mostBytes) ?? []);
  await store.put(rows);
  run.received += rows.length;
  run.skipped += raw.length - rows.length;
  for (const { known } of rows) {
    if (known.status === "deleted") run.withdrawn.push(`${known.name}@${known.version}`);
    // A time to come would hide every change until then.
    if (known.updatedAt > timeOf(run.seen) && known.updatedAt <= clock.now()) run.seen = new Date(known.updatedAt).toISOString();
  }
}

interface PageRequest {
  readonly since: string;
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
}

async function fetchPage({ registry, ...gate }: SyncDeps, { since, cursor, signal }: PageRequest): Promise<z.infer<typeof Page>> {
  const ask = createFetch({ fetch: gate.fetch as typeof globalThis.fetch });
  const query = { updated_since: since, limit: pageSize, cursor };
  const headers = { accept: "application/json" };
  const answer = await ask
    .raw<unknown>("/v0.1/servers", {
      baseURL: registry,
      query,
      headers,
      signal,
      retry: 0,
      ignoreResponseError: true,
      parseResponse: parseJson,
    })
    .catch((cause: unknown) => {
      // ofetch wraps what the gate threw, which says more.
      throw cause instanceof FetchError && cause.cause instanceof Error ? cause.cause : cause;
    });
  if (!answer.ok)
    throw new HubError(
      answer.status === 429 || answer.status >= 500 ? "UPSTREAM_UNAVAILABLE" : "UPSTREAM_REJECTED",
      `The registry answered ${answer.status}`,
      {
        hint: "The bundled list serves until it answers again",
      },
    );
  const page = Page.safeParse(answer._data);
  if (page.success) return page.data;
  throw new HubError("UPSTREAM_REJECTED", `${new URL(registry).host} does not answer like a registry`, {
    hint: "Check hub.marketplace.registry",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rowOf(raw: unknown, mostBytes: number): { known: KnownVersion; entry: RegistryEntry } | undefined {
  const parsed = RegistryEntry.safeParse(raw);
  if (!parsed.success || JSON.stringify(raw).length > mostBytes) return undefined;
  // Only we say what other lists know of it.
  const { [listingKey]: _, ..._meta } = parsed.data._meta ?? {};
  const entry: RegistryEntry = { ...parsed.data, _meta };
  const official = _meta[officialKey];
  const listing = listingOf(entry);
  const known: KnownVersion = {
    name: entry.server.name,
    version: entry.server.version,
    status: listing.status,
    isLatest: official?.isLatest ?? true,
    publishedAt: timeOf(official?.publishedAt),
    updatedAt: listing.updatedAt,
    listing,
  };
  return { known, entry };
}
