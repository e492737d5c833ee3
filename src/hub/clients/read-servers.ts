import type { MemberPath } from "../config/edit-json5.ts";
import { InputDefinition, ServerEntry } from "../config/schema.ts";
import { parseForeign } from "./foreign-file.ts";

/** A server as a client's file declares it, in the words of our own configuration. */
export interface ClientServer {
  readonly name: string;
  /** Where in the file it stands. */
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>>;
  /** What of it does not come along, in sentences for the person. */
  readonly notes: readonly string[];
  /** Why it cannot be taken over at all. */
  readonly refused?: string;
}

export interface ClientServers {
  readonly servers: readonly ClientServer[];
  /** Values that the servers' placeholders ask for, as in VS Code's mcp.json. */
  readonly inputs: readonly InputDefinition[];
}

/** Where a file of an unknown program may keep its servers. */
export const likelyServers: readonly MemberPath[] = [["mcpServers"], ["servers"], ["context_servers"], ["mcp", "servers"]];

/** Reads the servers of a client's file; throws where it cannot be read, with file and line. */
export function readServers(text: string, file: string, paths: readonly MemberPath[]): ClientServers {
  if (text.trim() === "") return { servers: [], inputs: [] };
  const parsed = parseForeign(text, file);
  const servers = paths.flatMap((path) =>
    Object.entries(objectAt(parsed.value, path)).map(([name, entry]) => clientServer(name, [...path, name].join("."), entry)),
  );
  const inputs = objectAt(parsed.value, [])["inputs"];
  return { servers, inputs: Array.isArray(inputs) ? inputs.flatMap((input) => InputDefinition.safeParse(input).data ?? []) : [] };
}

/** The object at a path, an empty one where there is none. */
export function objectAt(value: unknown, path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = path.reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
  return isObject(found) ? found : {};
}

function clientServer(name: string, key: string, written: unknown): ClientServer {
  if (!isObject(written)) return { name, key, entry: {}, notes: [], refused: "is no object" };
  const entry = inOurWords(written);
  const left = Object.keys(entry).filter((field) => !(field in ServerEntry.shape));
  const kept = Object.fromEntries(Object.entries(entry).filter(([field]) => field in ServerEntry.shape));
  const notes = [...(left.length > 0 ? [`${left.join(", ")} has no meaning here and stays behind`] : []), ...oddPlaceholders(kept)];
  return { name, key, entry: kept, notes, ...refusal(kept, written) };
}

function refusal(entry: object, written: Readonly<Record<string, unknown>>): { refused?: string } {
  if (!("command" in entry) && !("url" in entry))
    return { refused: "settings" in written ? "belongs to an extension of the client" : "has neither a command nor a url" };
  const checked = ServerEntry.safeParse(entry);
  return checked.success
    ? {}
    : { refused: checked.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()).join("; ") };
}

/** Windsurf says `serverUrl`, Gemini `httpUrl`, older Zed `command: { path }`; Zed turns off with `enabled`. */
function inOurWords({ command, serverUrl, httpUrl, enabled, disabledTools, source: _, type, ...rest }: Record<string, unknown>) {
  const url = rest["url"] ?? serverUrl ?? httpUrl;
  const { path, args, env } = isObject(command) ? command : {};
  const program = isObject(command) ? { command: path, args, env } : { command };
  const transport = type === "stdio" || type === "local" ? undefined : type === "streamableHttp" ? "http" : type;
  const words = {
    ...program,
    ...rest,
    url,
    type: transport,
    ...(enabled === false && { disabled: true }),
    disabled_tools: rest["disabled_tools"] ?? disabledTools,
  };
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined && value !== null));
}

/** Claude Code fills in `${NAME:-default}`, VS Code `${command:…}` and `${config:…}`; the hub fills in neither. */
function oddPlaceholders(entry: object): string[] {
  const found = JSON.stringify(entry).match(/\$\{(?:[^{}]*:-[^{}]*|(?:command|config|extensionInstallFolder):?[^{}]*)\}/g) ?? [];
  return found.length === 0 ? [] : [`${[...new Set(found)].join(", ")} is not filled in by the hub; give the value another way`];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
