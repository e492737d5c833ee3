import type { Layer, Rest } from "./layer.ts";
import type { ConfigProblem } from "./problem.ts";
import { HubSettings, type InputDefinition } from "./schema.ts";
import type { ServerConfig } from "./server-config.ts";

/** The effective configuration; nothing in it can be changed. */
export interface Config {
  readonly hub: Readonly<HubSettings>;
  /** By name, in the order of their first declaration. */
  readonly servers: ReadonlyMap<string, ServerConfig>;
  readonly inputs: readonly InputDefinition[];
  readonly files: readonly ConfigFileState[];
  readonly warnings: readonly ConfigProblem[];
  /** Top-level keys of other programs. */
  readonly other: Readonly<Record<string, unknown>>;
}

export interface ConfigFileState {
  /** As it was given. */
  readonly path: string;
  readonly state: "read" | "missing";
}

/** Lays later files over earlier ones: a server, or any other top-level key, replaces the earlier one whole. */
export function mergeLayers(layers: readonly Layer[]): Config {
  const servers = new Map(layers.flatMap((layer) => [...layer.servers]));
  const { hub, inputs = [], ...other } = Object.assign({}, ...layers.map(({ rest }) => rest)) as Rest;
  return freeze({
    hub: hub ?? HubSettings.parse({}),
    servers,
    inputs,
    files: layers.map(({ path, state }) => ({ path, state })),
    warnings: layers.flatMap(({ warnings }) => warnings),
    other,
  });
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) for (const item of value.values()) freeze(item);
  else for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
