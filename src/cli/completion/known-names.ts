import { join } from "node:path";
import type { Invoke } from "#hub/kernel/client.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import type { JsonSchema } from "../json-schema.ts";
import { isRecord } from "../output/json.ts";

/** What a hub's lists said last, for completion when no hub runs: asking would start servers. */
export interface KnownNames {
  /** Name and description, by the operation that lists them. */
  readonly lists: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Input schemas of the tools looked at last, the newest first. */
  readonly schemas: readonly { readonly id: string; readonly schema: JsonSchema }[];
}

const nothing: KnownNames = { lists: {}, schemas: [] };
const keptSchemas = 64;

const fileOf = (runtime: Runtime) => join(pathsOf(runtime).cache, "names.json");

/** The field of a row that a person types, by operation. */
export const nameFields: Readonly<Record<string, string>> = {
  "servers.list": "name",
  "tools.list": "id",
  "prompts.list": "id",
  "resources.list": "uri",
};

export async function readNames(runtime: Runtime): Promise<KnownNames> {
  const text = await runtime.files.read(fileOf(runtime));
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isRecord(value) && isRecord(value["lists"]) && Array.isArray(value["schemas"]) ? (value as unknown as KnownNames) : nothing;
  } catch {
    // A cache that cannot be read is an empty one.
    return nothing;
  }
}

/** Remembers whole lists and schemas that pass by; a list narrowed by an input or cut into pages says too little. */
export function rememberNames(invoke: Invoke, runtime: Runtime): Invoke {
  return async (name, input, options) => {
    const result = await invoke(name, input, options);
    const learned = learn(name, input, result);
    if (learned) await update(runtime, learned).catch(() => undefined);
    return result;
  };
}

type Learned = (known: KnownNames) => KnownNames;

function learn(operation: string, input: unknown, result: unknown): Learned | undefined {
  if (!isRecord(result)) return undefined;
  if (operation === "tools.show" && typeof result["id"] === "string" && isRecord(result["inputSchema"])) {
    const shown = { id: result["id"], schema: result["inputSchema"] as JsonSchema };
    return ({ lists, schemas }) => ({ lists, schemas: [shown, ...schemas.filter(({ id }) => id !== shown.id)].slice(0, keptSchemas) });
  }
  const narrowed = isRecord(input) && Object.keys(input).some((key) => key !== "limit" && key !== "all");
  if (!(operation in nameFields) || narrowed || result["nextCursor"] !== undefined || !Array.isArray(result["items"])) return undefined;
  const names = namesIn(operation, result["items"]);
  return ({ lists, schemas }) => ({ lists: { ...lists, [operation]: names }, schemas });
}

/** Names and the first line of what is said about them. */
export function namesIn(operation: string, items: readonly unknown[]): Record<string, string> {
  const field = nameFields[operation] ?? "name";
  return Object.fromEntries(
    items.filter(isRecord).map((item) => [
      String(item[field]),
      String(item["description"] ?? item["title"] ?? "")
        .split("\n")[0]!
        .slice(0, 120),
    ]),
  );
}

async function update(runtime: Runtime, learned: Learned): Promise<void> {
  const known = await readNames(runtime);
  const [before, after] = [JSON.stringify(known), JSON.stringify(learned(known))];
  if (before === after) return;
  await runtime.files.makeDirectory(pathsOf(runtime).cache);
  await runtime.files.replace(fileOf(runtime), after);
}
