import { useEffect, useMemo, useRef } from "react";
import type { HubEvent } from "#hub/kernel/event.ts";
import { useEvents } from "#tui/client/use-events.ts";
import { useQuery } from "#tui/client/use-query.ts";
import { usePainter } from "#tui/layout/region.tsx";
import { problemsOf } from "#tui/screens/servers/server-look.ts";
import { useClient } from "#tui/client/client-context.tsx";

const minutes = 30;
/** Counts of calls change without an event of their own. */
const statusPoll = 2000;

interface CallCounts {
  readonly perMinute: Map<number, number>;
  readonly slowest: Map<string, number>;
}

/** What the overview shows: the hub's own word, servers with a problem, and calls seen since the interface opened. */
export function useHome() {
  const { clock, feed, pulse, cache } = useClient();
  const painter = usePainter();
  const status = useQuery("hub.status", {});
  useEffect(() => {
    const poll = clock.every(statusPoll, () => pulse.state.is === "live" && cache.refetch("hub.status"));
    return () => poll[Symbol.dispose]();
  }, [clock, pulse, cache]);
  const servers = useQuery("servers.list", {}).data?.items;
  const problems = useMemo(() => problemsOf(servers ?? []), [servers]);
  const byState = useMemo(() => Map.groupBy(servers ?? [], ({ state }) => state), [servers]);
  const calls = useRef<CallCounts | undefined>(undefined);
  calls.current ??= recentCalls(
    feed.ring.size > 0 ? Array.from({ length: feed.ring.size }, (_, i) => feed.ring.at(feed.ring.start + i)) : [],
  );
  useEvents((event) => {
    if (event.type !== "catalog.called") return;
    countCall(calls.current!, event);
    painter.requestSoon();
  });
  const perMinute = () => {
    const now = Math.floor(clock.now() / 60_000);
    return Array.from({ length: minutes }, (_, i) => calls.current!.perMinute.get(now - minutes + 1 + i) ?? 0);
  };
  return { status, problems, byState, calls: () => calls.current!, perMinute };
}

function recentCalls(items: readonly ({ readonly kind: string; readonly event?: HubEvent } | undefined)[]): CallCounts {
  const counts: CallCounts = { perMinute: new Map(), slowest: new Map() };
  for (const item of items) if (item?.event?.type === "catalog.called") countCall(counts, item.event);
  return counts;
}

function countCall(counts: CallCounts, { at, data }: HubEvent): void {
  const call = data as { readonly target: string; readonly ms: number };
  const minute = Math.floor(at / 60_000);
  counts.perMinute.set(minute, (counts.perMinute.get(minute) ?? 0) + 1);
  counts.slowest.set(call.target, Math.max(counts.slowest.get(call.target) ?? 0, call.ms));
}
