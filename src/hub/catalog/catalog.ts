import type { Clock } from "../kernel/runtime.ts";
import type { PromptDefinition, ToolDefinition } from "../servers/capabilities.ts";
import { toolId, wireName } from "./naming.ts";
import { mapResources, type ResourceMap } from "./resource-map.ts";
import type { Source } from "./source.ts";

export interface CatalogTool {
  readonly id: string;
  readonly wireName: string;
  readonly source: Source;
  readonly definition: ToolDefinition;
}

export interface CatalogPrompt {
  readonly id: string;
  readonly wireName: string;
  readonly source: Source;
  readonly definition: PromptDefinition;
}

/** Everything all sources offer at one moment, in an order that depends on names alone. */
export interface Snapshot {
  readonly version: number;
  readonly tools: readonly CatalogTool[];
  readonly prompts: readonly CatalogPrompt[];
  readonly resources: ResourceMap;
}

export type Changed = "tools" | "resources" | "prompts";

export interface Catalog {
  snapshot(): Snapshot;
  sources(): readonly Source[];
  source(id: string): Source | undefined;
  /** Finds a tool by its id or its wire name. */
  tool(name: string): CatalogTool | undefined;
  prompt(name: string): CatalogPrompt | undefined;
  /** Says that a source may offer something else now; listeners hear once per `coalesceMs`, and only of real changes. */
  touch(): void;
  onChange(listener: (changed: readonly Changed[]) => void): Disposable;
}

export interface CatalogDeps {
  readonly clock: Clock;
  readonly sources: () => readonly Source[];
  readonly coalesceMs?: number;
}

export function createCatalog({ clock, sources, coalesceMs = 100 }: CatalogDeps): Catalog {
  let current: Snapshot | undefined;
  let byName: { tools: Map<string, CatalogTool>; prompts: Map<string, CatalogPrompt> } | undefined;
  let version = 0;
  // Every snapshot that somebody may have seen since the last announcement: a list that changed and changed back is told too.
  let seen: Snapshot[] = [build(version, sources())];
  let pending: Disposable | undefined;
  const listeners = new Set<(changed: readonly Changed[]) => void>();

  const snapshot = () => {
    if (!current) seen.push((current = build(++version, sources())));
    return current;
  };
  const named = () => (byName ??= { tools: byEitherName(snapshot().tools), prompts: byEitherName(snapshot().prompts) });
  const announce = () => {
    pending = undefined;
    const now = prints(snapshot());
    const before = seen.map(prints);
    const changed = (Object.keys(now) as Changed[]).filter((kind) => before.some((print) => print[kind] !== now[kind]));
    seen = [snapshot()];
    if (changed.length > 0) for (const listener of listeners) listener(changed);
  };

  return {
    snapshot,
    sources,
    source: (id) => sources().find((source) => source.id === id),
    tool: (name) => named().tools.get(name),
    prompt: (name) => named().prompts.get(name),
    touch() {
      current = undefined;
      byName = undefined;
      pending ??= clock.after(coalesceMs, announce);
    },
    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}

function build(version: number, sources: readonly Source[]): Snapshot {
  const ordered = sources.toSorted((a, b) => compare(a.id, b.id));
  const entries = <D extends { name: string }>(definitions: (source: Source) => readonly D[]) =>
    ordered.flatMap((source) =>
      unique(definitions(source)).map((definition) => {
        const id = toolId(source.id, definition.name);
        return { id, wireName: wireName(id), source, definition };
      }),
    );
  return {
    version,
    tools: entries(({ tools }) => tools),
    prompts: entries(({ prompts }) => prompts),
    resources: mapResources(ordered),
  };
}

/** A server that lists a name twice can be called by it only once: the first stands. */
function unique<D extends { name: string }>(definitions: readonly D[]): D[] {
  const byName = new Map<string, D>();
  for (const definition of definitions) if (!byName.has(definition.name)) byName.set(definition.name, definition);
  return [...byName.values()].toSorted((a, b) => compare(a.name, b.name));
}

/** By code unit, so that the order is the same under every locale. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function byEitherName<E extends { id: string; wireName: string }>(entries: readonly E[]): Map<string, E> {
  return new Map([...entries.map((entry) => [entry.wireName, entry] as const), ...entries.map((entry) => [entry.id, entry] as const)]);
}

/** What a client can see of a snapshot; equal prints need no notification. */
function prints({ tools, prompts, resources }: Snapshot): Record<Changed, string> {
  const of = (value: unknown) => String(Bun.hash(JSON.stringify(value)));
  return {
    tools: of(tools.map(({ id, definition }) => [id, definition])),
    prompts: of(prompts.map(({ id, definition }) => [id, definition])),
    resources: of([
      resources.resources.map(({ shown, definition }) => [shown, definition]),
      resources.templates.map(({ shown, definition }) => [shown, definition]),
    ]),
  };
}
