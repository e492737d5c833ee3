import { useCallback, useSyncExternalStore } from "react";
import { useClient } from "./client-context.tsx";
import type { OperationName, Operations } from "./operations.ts";
import type { Query } from "./query-cache.ts";

const nothing: Query<never> = { data: undefined, error: undefined, isFetching: false, fetchedAt: undefined };

/** The hub's answer to an operation, kept true by events; undefined as input asks nothing. */
export function useQuery<N extends OperationName>(name: N, input: Operations[N]["input"] | undefined): Query<Operations[N]["output"]> {
  const { cache } = useClient();
  const key = input === undefined ? undefined : JSON.stringify(input);
  const watch = useCallback(
    (changed: () => void) => (key === undefined ? () => undefined : cache.watch(name, JSON.parse(key) as Operations[N]["input"], changed)),
    [cache, name, key],
  );
  return useSyncExternalStore(watch, () => (input === undefined ? nothing : cache.read(name, input)));
}
