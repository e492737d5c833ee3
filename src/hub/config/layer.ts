import { resolve } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";
import { parseText, type Parsed } from "./parse.ts";
import { describeIssue, type ConfigProblem } from "./problem.ts";
import { ConfigFile, type HubSettings, type InputDefinition } from "./schema.ts";
import { serverConfig, type ServerConfig } from "./server-config.ts";
import { unknownKeys } from "./unknown-keys.ts";

/** What one file says. */
export interface Layer {
  /** As given. */
  readonly path: string;
  readonly state: "read" | "missing";
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  readonly servers: ReadonlyMap<string, ServerConfig>;
  /** The other top-level keys. */
  readonly rest: Rest;
}

export interface Rest {
  readonly hub?: HubSettings;
  readonly inputs?: readonly InputDefinition[];
  readonly [key: string]: unknown;
}

const emptyLayer = { problems: [], warnings: [], servers: new Map<string, ServerConfig>(), rest: {} };

/** Reads and checks one file; what is wrong with it is in `problems`, never thrown. */
export async function readLayer(path: string, { files, host }: Pick<Runtime, "files" | "host">): Promise<Layer> {
  try {
    const text = await files.read(resolve(host.cwd, path));
    return text === undefined ? { ...emptyLayer, path, state: "missing" } : parseLayer(text, path);
  } catch (cause) {
    const message = `cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown reason"})`;
    return { ...emptyLayer, path, state: "read", problems: [{ file: path, line: 1, column: 1, key: "", message }] };
  }
}

/** Checks the text of a file. */
export function parseLayer(text: string, path: string): Layer {
  const parsed = parseText(text, path);
  if (parsed.problems.length > 0) return { ...emptyLayer, path, state: "read", problems: parsed.problems };
  const written = withOneServerMap(parsed.value as Record<string, unknown>);
  const checked = ConfigFile.safeParse(written, { error: describeIssue });
  if (!checked.success) return { ...emptyLayer, path, state: "read", problems: problemsAt(parsed, checked.error.issues) };

  const { mcpServers, servers: vscodeServers, ...rest } = checked.data;
  const key = vscodeServers ? "servers" : "mcpServers";
  const entries = written[key] as Record<string, Readonly<Record<string, unknown>>> | undefined;
  const servers = new Map<string, ServerConfig>();
  for (const [name, entry] of Object.entries(vscodeServers ?? mcpServers ?? {}))
    servers.set(name, serverConfig({ name, configSource: path, entry: entries![name]! }, entry));
  const unknown = unknownKeys(checked.data, key).map((odd) => parsed.problemAt(odd.path, odd.message));
  return { path, state: "read", problems: [], warnings: [...parsed.warnings, ...unknown], servers, rest };
}

const problemsAt = (parsed: Parsed, issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]) =>
  issues.map((issue) => parsed.problemAt(issue.path, issue.message)).toSorted((a, b) => a.line - b.line || a.column - b.column);

/** Keeps the map of servers that counts: `servers` unless it is empty-handed (null, false), else `mcpServers`. */
function withOneServerMap(value: Record<string, unknown>): Record<string, unknown> {
  const { servers, mcpServers, ...rest } = value;
  if (servers) return { ...rest, servers: withEntries(servers) };
  return "mcpServers" in value ? { ...rest, mcpServers: withEntries(mcpServers) } : rest;
}

/** Neovim writes an empty table as `[]`, so that counts as an empty object wherever one is expected. */
const objectOf = (value: unknown) => (Array.isArray(value) && value.length === 0 ? {} : value);

function withEntries(map: unknown): unknown {
  const servers = objectOf(map);
  if (!isPlain(servers)) return servers;
  return mapValues(servers, (entry) =>
    isPlain(entry) ? mapValues(entry, (value, key) => (key === "env" || key === "headers" ? objectOf(value) : value)) : entry,
  );
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const mapValues = (object: Record<string, unknown>, change: (value: unknown, key: string) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
