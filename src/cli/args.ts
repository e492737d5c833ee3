import { HubError } from "#hub/kernel/errors.ts";
import { decodeText } from "./decode.ts";
import { flagFinder, kebab, type ArgumentSpec, type FoundFlag } from "./flags.ts";
import { kindOf, resolveSchema } from "./json-schema.ts";

export interface ParsedArguments {
  /** Decoded by each flag's declared type; a flag that was not typed is absent. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What `passThrough` left alone. */
  readonly rest: readonly string[];
}

/**
 * Parses argv strictly. citty's own parser accepts unknown flags, keeps only the last of repeated ones and knows no
 * numbers, so it never sees our arguments.
 */
export function parseArguments(argv: readonly string[], spec: ArgumentSpec): ParsedArguments {
  const parsed = scan(argv, spec);
  requireAll(parsed.values, spec);
  return parsed;
}

/** The same without asking for what is required: enough to know whether help or JSON is wanted. */
export const parseLeniently = (argv: readonly string[], spec: ArgumentSpec): ParsedArguments => scan(argv, spec);

/** Parses the flags before the first word, and leaves the rest: the global flags before the command. */
export const parseLeadingFlags = (argv: readonly string[], spec: ArgumentSpec): ParsedArguments =>
  scan(argv, { ...spec, positional: [], passThrough: true });

function scan(argv: readonly string[], spec: ArgumentSpec): ParsedArguments {
  const find = flagFinder(spec);
  const values = new Values(spec);
  const words = [...(spec.positional ?? [])];
  const isOver = () => spec.passThrough === true && words.length === 0;
  for (let at = 0; at < argv.length; at++) {
    const token = argv[at]!;
    if (token === "--" || (isOver() && !isFlag(token))) {
      if (spec.passThrough) return { values: values.all, rest: argv.slice(at) };
      for (const word of argv.slice(at + 1)) values.addWord(word, words);
      break;
    }
    if (isFlag(token)) {
      const typed = splitFlag(token, find);
      values.add(typed, impliedValue(typed) ?? followingValue(typed, argv[++at]));
      continue;
    }
    values.addWord(token, words);
    if (isOver()) return { values: values.all, rest: argv.slice(at + 1) };
  }
  return { values: values.all, rest: [] };
}

/** The value tied to the flag, or the one it means without any. */
function impliedValue({ value, found: { negated, flag, kind } }: TypedFlag): string | undefined {
  if (negated) return "false";
  return value ?? flag.bare ?? (kind === "boolean" ? "true" : undefined);
}

/** A lone dash means standard input, and a number may be negative. */
const isFlag = (token: string) => token.startsWith("-") && token !== "-" && !/^-\d/.test(token);

interface TypedFlag {
  readonly found: FoundFlag;
  /** As a person would recognise it in a message. */
  readonly label: string;
  readonly value: string | undefined;
}

function splitFlag(token: string, find: (typed: string) => FoundFlag): TypedFlag {
  const equals = token.indexOf("=");
  const name = equals < 0 ? token : token.slice(0, equals);
  const value = equals < 0 ? undefined : token.slice(equals + 1);
  if (name.startsWith("--") || name.length === 2) return checkNegation({ found: find(name), label: name, value });
  const letter = name.slice(0, 2);
  return checkNegation({ found: find(letter), label: letter, value: token.slice(2).replace(/^=/, "") });
}

function checkNegation(typed: TypedFlag): TypedFlag {
  if (!typed.found.negated || typed.value === undefined) return typed;
  throw new HubError("VALIDATION", `${typed.label} takes no value`, { hint: `Write --${kebab(typed.found.key)}=${typed.value}` });
}

function followingValue({ label, found }: TypedFlag, next: string | undefined): string {
  if (next !== undefined && !(isFlag(next) || next === "--")) return next;
  throw new HubError("VALIDATION", `${label} needs a value`, {
    hint: next === undefined ? `Write ${label} ${placeholder(found)}` : `Write ${label}=${next} if that is the value`,
  });
}

const placeholder = ({ flag, kind }: FoundFlag) => `<${flag.hint ?? kind}>`;

/** Collects decoded values; only an array may be given twice. */
class Values {
  readonly all: Record<string, unknown> = {};

  constructor(private readonly spec: ArgumentSpec) {}

  add({ found: { key }, label }: TypedFlag, text: string): void {
    this.#put(key, text, label);
  }

  addWord(word: string, words: string[]): void {
    const key = words[0];
    if (key === undefined)
      throw new HubError("VALIDATION", `There is no place for ${JSON.stringify(word)}`, {
        hint: "Add --help to see what this command takes",
      });
    if (!this.#isArray(key)) words.shift();
    this.#put(key, word, `<${kebab(key)}>`);
  }

  #put(key: string, text: string, name: string): void {
    const flag = this.spec.flags[key]!;
    const value = decodeText(text, flag, { name, root: this.spec.root ?? flag });
    const before = Object.hasOwn(this.all, key) ? this.all[key] : undefined;
    if (before !== undefined && !Array.isArray(before)) throw new HubError("VALIDATION", `${name} was given twice`);
    // An own property whatever its name, `__proto__` included.
    Object.defineProperty(this.all, key, {
      value: Array.isArray(before) ? [...(before as unknown[]), ...(value as unknown[])] : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }

  #isArray(key: string): boolean {
    const flag = this.spec.flags[key]!;
    return kindOf(resolveSchema(flag, this.spec.root ?? flag)) === "array";
  }
}

function requireAll(values: Readonly<Record<string, unknown>>, spec: ArgumentSpec): void {
  const missing = (spec.required ?? []).filter((key) => !Object.hasOwn(values, key));
  if (missing.length === 0) return;
  const label = (key: string) => (spec.positional?.includes(key) ? `<${kebab(key)}>` : `--${kebab(key)}`);
  const lines = missing.map((key) => `  ${label(key)}  ${spec.flags[key]?.description ?? ""}`.trimEnd());
  throw new HubError("VALIDATION", [`Missing ${missing.map(label).join(", ")}`, ...lines].join("\n"), {
    hint: "Add --help to see an example",
  });
}
