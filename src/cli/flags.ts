import { HubError } from "#hub/kernel/errors.ts";
import { kindOf, resolveSchema, type JsonSchema, type Kind } from "./json-schema.ts";
import { nearest } from "./suggest.ts";

/** A flag is its JSON schema, and what only a command line knows of it. */
export interface Flag extends JsonSchema {
  /** One letter, for `-p`. */
  readonly alias?: string;
  /** What stands for the value in help, in place of its type. */
  readonly hint?: string;
  /** The text it means without a value; the value then needs the form `--flag=value`. */
  readonly bare?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What a command takes, in the words of an object's JSON schema. */
export interface ArgumentSpec {
  readonly flags: Flags;
  /** Flags that may be given as plain words, in this order; an array flag at the end takes all words left. */
  readonly positional?: readonly string[];
  readonly required?: readonly string[];
  /** Where `$ref` of the flags' schemas point into. */
  readonly root?: JsonSchema;
  /** Everything after the last positional is left alone: it belongs to somebody else. */
  readonly passThrough?: boolean;
}

/** A flag as typed, tied to its declaration. */
export interface FoundFlag {
  readonly key: string;
  readonly flag: Flag;
  readonly kind: Kind;
  readonly negated: boolean;
}

/** `threadTs` and `thread_ts` may be typed `--thread-ts`. */
export const kebab = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1-$2")
    .replaceAll(/[_\s]+/g, "-")
    .toLowerCase();

/** Finds flags by exact name, kebab name, `no-` form and letter; unknown ones are an error that names the nearest. */
export function flagFinder(spec: ArgumentSpec): (typed: string) => FoundFlag {
  const names = new Map<string, string>();
  for (const key of Object.keys(spec.flags)) if (!names.has(kebab(key))) names.set(kebab(key), key);
  for (const key of Object.keys(spec.flags)) names.set(key, key);
  const letters = new Map(Object.entries(spec.flags).flatMap(([key, { alias }]) => (alias ? [[alias, key] as const] : [])));
  const found = (key: string, negated = false): FoundFlag => {
    const flag = spec.flags[key]!;
    return { key, flag, negated, kind: kindOf(resolveSchema(flag, spec.root ?? flag)) };
  };
  return (typed) => {
    const name = typed.replace(/^--?/, "");
    const key = typed.startsWith("--") ? names.get(name) : letters.get(name);
    if (key !== undefined) return found(key);
    const positive = typed.startsWith("--no-") ? names.get(name.slice(3)) : undefined;
    if (positive !== undefined && found(positive).kind === "boolean") return found(positive, true);
    const meant = nearest(name, names.keys());
    throw new HubError("VALIDATION", `Unknown flag ${typed}`, {
      hint: meant === undefined ? "Add --help to see the flags of this command" : `Did you mean --${kebab(meant)}?`,
    });
  };
}
