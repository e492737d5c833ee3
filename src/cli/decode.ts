import { HubError } from "#hub/kernel/errors.ts";
import { choicesOf, itemSchema, kindOf, resolveSchema, type JsonSchema, type Kind } from "./json-schema.ts";
import { nearest } from "./suggest.ts";

/**
 * Reads a text as the type its schema declares, never by its look: `thread_ts=1763712370.123456` stays a string where a
 * string is declared, and where no single type is declared.
 */
export function decodeText(
  text: string,
  schema: JsonSchema,
  { name, root = schema }: { readonly name: string; readonly root?: JsonSchema },
): unknown {
  const resolved = resolveSchema(schema, root);
  const kind = kindOf(resolved);
  const named = kind === "any" ? choicesOf(resolved)?.find((choice) => String(choice) === text) : undefined;
  if (named !== undefined) return named;
  const value = kind === "array" ? [decodeText(text, itemSchema(resolved), { name, root })] : decoders[kind](text, name);
  checkChoice(value, resolved, name);
  return value;
}

const decoders: Record<Exclude<Kind, "array">, (text: string, name: string) => unknown> = {
  string: (text) => text,
  any: (text) => text,
  integer: (text, name) => parseNumber(text, name, "a whole number"),
  number: (text, name) => parseNumber(text, name, "a number"),
  boolean: (text, name) => {
    if (yes.has(text.toLowerCase())) return true;
    if (no.has(text.toLowerCase())) return false;
    throw invalid(name, "true or false", text);
  },
  object: (text, name) => {
    const value = parseJson(text, name);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
    throw invalid(name, "a JSON object", text);
  },
};

const yes = new Set(["true", "yes", "on", "1"]);
const no = new Set(["false", "no", "off", "0"]);

/** JSON's own grammar for numbers: no hex, no Infinity, no spaces. */
const wholeNumber = /^-?(?:0|[1-9]\d*)$/;
const anyNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function parseNumber(text: string, name: string, what: "a whole number" | "a number"): number {
  const value = Number(text);
  const fits = what === "a number" ? anyNumber.test(text) && Number.isFinite(value) : wholeNumber.test(text) && Number.isSafeInteger(value);
  if (fits) return value;
  throw invalid(name, what, text);
}

/** Parses JSON given for an argument; the message names the argument. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HubError("VALIDATION", `${name} is not JSON: ${(cause as Error).message.replace(/^JSON Parse error: /, "")}`, {
      cause,
      hint: "Put the JSON in single quotes, so that the shell leaves it alone",
    });
  }
}

function checkChoice(value: unknown, schema: JsonSchema, name: string): void {
  const choices = choicesOf(schema);
  if (!choices || choices.includes(value)) return;
  const meant =
    typeof value === "string"
      ? nearest(
          value,
          choices.filter((choice) => typeof choice === "string"),
        )
      : undefined;
  throw new HubError("VALIDATION", `${name} takes ${choices.map(String).join(", ")}, not ${JSON.stringify(value)}`, {
    ...(meant !== undefined && { hint: `Did you mean ${meant}?` }),
  });
}

const invalid = (name: string, what: string, text: string) =>
  new HubError("VALIDATION", `${name} takes ${what}, not ${JSON.stringify(shortened(text))}`);

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
