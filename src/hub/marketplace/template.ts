import { HubError } from "../kernel/errors.ts";
import { plain } from "./listing.ts";
import type { Argument, Input, KeyValue } from "./server-json.ts";

/** A text with holes: what stands there, and what a person is asked for. */
export type Piece = string | { readonly ask: string };
export type Template = readonly Piece[];

/** A value that a person gives. */
export interface Ask {
  readonly key: string;
  readonly description?: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly kind: "string" | "number" | "boolean" | "filepath";
  readonly default?: string;
  readonly choices?: string[];
  readonly placeholder?: string;
  /** May be given several times. */
  readonly repeated: boolean;
  readonly place: "argument" | "env" | "header" | "url";
}

/** One argument, or a flag and its value, that is left out whole when nobody gives what it asks for. */
export interface ArgumentTemplate {
  readonly flag?: string;
  readonly value?: Template;
  readonly repeated: boolean;
}

/** What a server's arguments, variables and headers ask for, by key; a key that is named twice is one value. */
export type Asks = Map<string, Ask>;

type Place = Ask["place"];

export function argumentTemplate(argument: Argument, asks: Asks): ArgumentTemplate {
  const repeated = argument.isRepeated ?? false;
  const flag = argument.type === "named" ? literal(argument.name ?? "") : undefined;
  if (flag !== undefined && flag === "") throw hostile("a named argument has no name");
  if (flag !== undefined && isBareFlag(argument)) return { flag, repeated: false };
  const key = keyOf(flag?.replace(/^-+/, "") ?? argument.valueHint ?? "", `argument_${asks.size + 1}`);
  const value = inputTemplate(argument, { key, place: "argument", repeated, asks });
  return { ...(flag !== undefined && { flag }), value, repeated };
}

export function keyValueTemplate(input: KeyValue, place: "env" | "header", asks: Asks): Template {
  return inputTemplate(input, { key: keyOf(input.name, "value"), place, repeated: false, asks });
}

interface Hole {
  readonly key: string;
  readonly place: Place;
  readonly repeated: boolean;
  readonly asks: Asks;
}

/** `value` is fixed, but for its variables; without one the whole input is asked for. */
export function inputTemplate(input: Input, hole: Hole): Template {
  if (input.value !== undefined)
    return textTemplate(input.value, input.variables ?? {}, { ...hole, parentIsSecret: input.isSecret ?? false });
  addAsk(input, hole);
  return [{ ask: hole.key }];
}

/** Fills `{name}` where a variable of that name is declared; other braces are text. */
export function textTemplate(
  text: string,
  variables: NonNullable<Input["variables"]>,
  { place, asks, parentIsSecret = false }: Pick<Hole, "place" | "asks"> & { readonly parentIsSecret?: boolean },
): Template {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: whole, 1: name = "", index } of text.matchAll(/\{([^{}]+)\}/g)) {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (!variable) continue;
    if (index > from) pieces.push(literal(text.slice(from, index)));
    from = index + whole.length;
    if (variable.value !== undefined) pieces.push(literal(variable.value));
    else {
      const key = keyOf(name, "value");
      addAsk(
        { ...variable, isSecret: (variable.isSecret ?? false) || parentIsSecret, isRequired: true },
        { key, place, repeated: false, asks },
      );
      pieces.push({ ask: key });
    }
  }
  if (from < text.length) pieces.push(literal(text.slice(from)));
  return pieces;
}

/** `--rm`: a flag about which nothing is said but its name; a boolean is asked for and stands without its value. */
const isBareFlag = ({ value, default: preset, isRequired, placeholder, choices, valueHint, format, description }: Argument) =>
  ![value, preset, isRequired, placeholder, choices, valueHint, format, description].some(
    (said) => said !== undefined && said !== null && said !== false,
  );

function addAsk(input: Input, { key, place, repeated, asks }: Hole): void {
  const before = asks.get(key);
  const { description, default: preset, choices, placeholder } = input;
  asks.set(key, {
    key,
    description: description === undefined ? before?.description : plain(description),
    required: Boolean(input.isRequired) || Boolean(before?.required),
    secret: Boolean(input.isSecret) || Boolean(before?.secret),
    kind: kindOf(input.format),
    ...(preset && { default: literal(preset) }),
    ...(choices && choices.length > 0 && { choices: choices.map(literal) }),
    ...(placeholder && { placeholder: plain(placeholder) }),
    repeated,
    place,
  });
}

const kindOf = (format: string | undefined): Ask["kind"] =>
  format === "number" || format === "boolean" || format === "filepath" ? format : "string";

const keyOf = (name: string, otherwise: string) =>
  name
    .replace(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/^[_.-]+|[_.-]+$/g, "")
    .slice(0, 64) || otherwise;

/**
 * A publisher's text that will stand in the configuration, where `${…}` is filled in and may run a command, and in an
 * argument list, where a control character can only be there to deceive.
 */
export function literal(text: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) throw hostile("a value has a control character in it");
  if (text.includes("${") || /^\$./.test(text)) throw hostile(`a value holds ${text.slice(0, 20)}, which the configuration would fill in`);
  return text;
}

export const hostile = (what: string): HubError =>
  new HubError("FORBIDDEN", `This server is not installed: in what its publisher wrote, ${what}`, {
    hint: "Write the server into the configuration by hand if you trust it",
  });
