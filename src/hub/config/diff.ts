import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "./layers.ts";
import type { ServerConfig } from "./server-config.ts";

export interface ConfigDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
  readonly unchanged: readonly string[];
  /** Of each modified server, by name; values as written, so they may be secrets. */
  readonly details: Readonly<Record<string, FieldChanges>>;
}

export interface FieldChanges {
  readonly modifiedFields: readonly string[];
  readonly oldValues: Readonly<Record<string, unknown>>;
  readonly newValues: Readonly<Record<string, unknown>>;
}

/** Fields whose change matters to whoever uses the server, and whether a connection depends on them or they hold for the one there is. */
const significant: Readonly<Record<string, "connection" | "use">> = {
  command: "connection",
  args: "connection",
  env: "connection",
  disabled: "use",
  url: "connection",
  headers: "connection",
  auth: "connection",
  dev: "connection",
  name: "use",
  cwd: "connection",
  type: "connection",
  allowEnv: "connection",
  tools: "use",
  disabled_tools: "use",
  disabled_resources: "use",
  disabled_resourceTemplates: "use",
  disabled_prompts: "use",
  timeoutMs: "use",
  startTimeoutMs: "connection",
};
const significantFields = Object.keys(significant);

/** Which servers changed in a way that matters; key order, `disabled: false` and descriptions do not. */
export function diffConfig(previous: Pick<Config, "servers">, next: Pick<Config, "servers">): ConfigDiff {
  const before = [...previous.servers.keys()];
  const after = [...next.servers.keys()];
  const changes = after.flatMap((name) => {
    const old = previous.servers.get(name);
    return old ? [[name, fieldChanges(old, next.servers.get(name)!)] as const] : [];
  });
  const modified = changes.filter(([, { modifiedFields }]) => modifiedFields.length > 0);
  return {
    added: after.filter((name) => !previous.servers.has(name)),
    removed: before.filter((name) => !next.servers.has(name)),
    modified: modified.map(([name]) => name),
    unchanged: changes.filter((change) => !modified.includes(change)).map(([name]) => name),
    details: Object.fromEntries(modified),
  };
}

/** Equal hashes, equal connections. */
export function fingerprint({ entry }: Pick<ServerConfig, "entry">): string {
  const fields = significantFields
    .filter((field) => significant[field] === "connection")
    .map((field) => canonical(valueOf(entry, field)) ?? null);
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}

function fieldChanges(old: ServerConfig, next: ServerConfig): FieldChanges {
  const oldFields = comparable(old);
  const newFields = comparable(next);
  const modifiedFields = Object.keys(newFields).filter((field) => !isDeepStrictEqual(oldFields[field], newFields[field]));
  const pick = (from: Readonly<Record<string, unknown>>) => Object.fromEntries(modifiedFields.map((field) => [field, from[field]]));
  return { modifiedFields, oldValues: pick(oldFields), newValues: pick(newFields) };
}

function comparable({ entry, configSource }: ServerConfig): Record<string, unknown> {
  return { ...Object.fromEntries(significantFields.map((field) => [field, valueOf(entry, field)])), configSource };
}

const valueOf = (entry: ServerConfig["entry"], field: string): unknown => {
  if (!Object.hasOwn(entry, field)) return field === "disabled" ? false : undefined;
  return field === "disabled" ? Boolean(entry[field]) : entry[field];
};

/** The same value with its keys in order. */
function canonical(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
}
