import { isDeepStrictEqual } from "node:util";
import { setMember, type MemberPath } from "../config/edit-json5.ts";
import { parseText } from "../config/parse.ts";
import { configError } from "../config/problem.ts";
import type { InputDefinition } from "../config/schema.ts";
import { isOwnEntry } from "./own-entry.ts";
import { objectAt, type ClientServer } from "./read-servers.ts";
import { withoutSecrets, type TakenSecret } from "./secrets.ts";

/** A file that servers come from. */
export interface ImportSource {
  /** What to call it: `Cursor`. */
  readonly title: string;
  readonly file: string;
  readonly servers: readonly ClientServer[];
  readonly inputs: readonly InputDefinition[];
}

export interface ImportOptions {
  /** The configuration as it is. */
  readonly text: string;
  readonly file: string;
  /** Give a server whose name is taken another one; otherwise it is left out. */
  readonly rename: boolean;
  /** Write secrets as they stand. */
  readonly keepSecrets: boolean;
  /** Ports of this hub. */
  readonly ports: readonly number[];
}

/**
 * `new` and `renamed` are written. `same` is there already, `conflict` is there with other contents, `refused` cannot be
 * a server here, and `self` is this hub.
 */
export type ImportState = "new" | "renamed" | "same" | "conflict" | "refused" | "self";

export interface PlannedServer {
  readonly name: string;
  /** Its name here. */
  readonly as: string;
  readonly state: ImportState;
  readonly from: string;
  readonly file: string;
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>>;
  /** Secrets that stand in the client's file in plain. */
  readonly secrets: readonly TakenSecret[];
  readonly notes: readonly string[];
}

export interface ImportPlan {
  readonly servers: readonly PlannedServer[];
  /** The configuration as it will be. */
  readonly text: string;
}

/** Works out what an import would do; touches nothing. */
export function planImport(sources: readonly ImportSource[], options: ImportOptions): ImportPlan {
  const { text, file } = options;
  const parsed = text.trim() === "" ? undefined : parseText(text, file);
  if (parsed && parsed.problems.length > 0) throw configError(parsed.problems);
  const path = serversPath(parsed?.value);
  const known = new Map(Object.entries(objectAt(parsed?.value, path)));
  const variables = new Map<string, string>();
  const servers = sources.flatMap((source) => source.servers.map((server) => place(server, { source, known, variables, options })));
  const written = servers.filter(({ state }) => state === "new" || state === "renamed");
  const withServers = written.reduce((left, { as, entry }) => setMember(left, [...path, as], entry), text);
  return { servers, text: withInputs(withServers, { sources, written, present: parsed?.value }) };
}

/** Of the two names the one that counts; see `withOneServerMap` of the configuration. */
const serversPath = (value: unknown): MemberPath => (objectAt(value, [])["servers"] ? ["servers"] : ["mcpServers"]);

interface Placing {
  readonly source: ImportSource;
  /** Servers by name; what is placed is added. */
  readonly known: Map<string, unknown>;
  readonly variables: Map<string, string>;
  readonly options: ImportOptions;
}

function place(server: ClientServer, { source, known, variables, options }: Placing): PlannedServer {
  const { name, key, refused } = server;
  const planned = { name, as: name, from: source.title, file: source.file, key, entry: server.entry, secrets: [], notes: server.notes };
  if (refused !== undefined) return { ...planned, state: "refused", notes: [refused] };
  if (isOwnEntry(server.entry, options.ports)) return { ...planned, state: "self", notes: [] };
  const { entry: cleaned, secrets } = withoutSecrets(name, server.entry, variables);
  const entry = options.keepSecrets ? server.entry : cleaned;
  const isSame = (present: unknown) => isDeepStrictEqual(present, server.entry) || isDeepStrictEqual(present, cleaned);
  const names = candidates(name, known);
  const same = names.taken.find((candidate) => isSame(known.get(candidate)));
  if (same !== undefined) return { ...planned, as: same, state: "same", entry };
  if (names.taken.length > 0 && !options.rename) return { ...planned, state: "conflict", entry };
  known.set(names.free, entry);
  return { ...planned, as: names.free, state: names.taken.length > 0 ? "renamed" : "new", entry, secrets };
}

/** `github`, `github-2`, …: those that are taken, and the first that is not. */
function candidates(name: string, known: ReadonlyMap<string, unknown>): { readonly taken: readonly string[]; readonly free: string } {
  const taken: string[] = [];
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}-${n}`;
    if (!known.has(candidate)) return { taken, free: candidate };
    taken.push(candidate);
  }
}

interface Inputs {
  readonly sources: readonly ImportSource[];
  readonly written: readonly PlannedServer[];
  readonly present: unknown;
}

/** Adds what the placeholders of the new servers ask for, unless something of that name is asked for already. */
function withInputs(text: string, { sources, written, present }: Inputs): string {
  const asked = new Set(JSON.stringify(written.map(({ entry }) => entry)).match(/(?<=\$\{input:)[^{}]+(?=\})/g));
  const there = objectAt(present, [])["inputs"];
  const inputs: unknown[] = Array.isArray(there) ? [...(there as unknown[])] : [];
  const ids = new Set(inputs.map((input) => objectAt(input, [])["id"]));
  for (const input of sources.flatMap((source) => source.inputs)) {
    if (!asked.has(input.id) || ids.has(input.id)) continue;
    ids.add(input.id);
    inputs.push(input);
  }
  return inputs.length > (Array.isArray(there) ? there.length : 0) ? setMember(text, ["inputs"], inputs) : text;
}
