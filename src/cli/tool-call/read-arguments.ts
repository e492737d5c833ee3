import { HubError } from "#hub/kernel/errors.ts";
import { decodeText, parseJson } from "../decode.ts";
import { kindOf, resolveSchema, type JsonSchema } from "../json-schema.ts";
import { isRecord } from "../output/json.ts";
import { append, formatPath, setAt, type JsonObject } from "./argument-path.ts";
import { placeOf, propertiesOf } from "./tool-schema.ts";

/** Where `@file` and `-` are read from. */
export interface ArgumentSources {
  file(path: string): Promise<string>;
  stdin(): Promise<string>;
}

export interface ReadOptions {
  /** The tool's input schema. */
  readonly schema: JsonSchema;
  readonly sources: ArgumentSources;
  /** `--args`: the object all other arguments override. */
  readonly base?: string;
}

/**
 * Reads a tool's arguments: `--key value`, `key=value`, `key:=json`, `key=@file`, `a.b=`, `list[]=`, `@file` and `-`.
 * A value is read by the type its schema declares; nothing is guessed from its look.
 */
export async function readArguments(tokens: readonly string[], options: ReadOptions): Promise<JsonObject> {
  const reader = new ArgumentReader(options);
  if (options.base !== undefined) await reader.object(options.base, "--args");
  let literal = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === "--" && !literal) literal = true;
    else if (token.startsWith("--") && !literal) at += reader.flag(token, tokens[at + 1]);
    else if ((token === "-" || token.startsWith("@")) && !literal) await reader.object(token, token);
    else await reader.pair(token, literal);
  }
  return reader.result;
}

class ArgumentReader {
  readonly result: JsonObject = {};
  readonly #schema: JsonSchema;
  readonly #sources: ArgumentSources;
  /** Paths given one by one: a second value is a mistake, while a value of the base object is there to be replaced. */
  readonly #given = new Set<string>();

  constructor({ schema, sources }: ReadOptions) {
    this.#schema = schema;
    this.#sources = sources;
  }

  /** `{…}`, `@file` or `-`: a whole object. */
  async object(text: string, name: string): Promise<void> {
    const json = text === "-" ? await this.#sources.stdin() : text.startsWith("@") ? await this.#file(text.slice(1)) : text;
    const value = parseJson(json, text === "-" ? "Standard input" : name);
    if (!isRecord(value)) throw new HubError("VALIDATION", `${name} must hold a JSON object, with the tool's arguments as its keys`);
    for (const [key, item] of Object.entries(value)) setAt(this.result, [key], () => item);
  }

  /** `--key value`, `--key=value`, `--no-key`; how many following tokens it took. */
  flag(token: string, next: string | undefined): 0 | 1 {
    const [name, attached] = cut(token.slice(2), "=");
    const negated = this.#negated(name);
    if (negated !== undefined) {
      if (attached !== undefined) throw new HubError("VALIDATION", `--${name} takes no value`, { hint: `Write --${negated}=${attached}` });
      this.#put(negated, "false", token);
      return 0;
    }
    if (attached !== undefined) {
      if (name.endsWith(":")) this.#putJson(name.slice(0, -1), attached, token);
      else this.#put(name, attached, `--${name}`);
      return 0;
    }
    const schema = resolveSchema(placeOf(name, this.#schema).schema, this.#schema);
    if (kindOf(schema) === "boolean") {
      this.#put(name, "true", token);
      return 0;
    }
    if (next === undefined || next.startsWith("--"))
      throw new HubError("VALIDATION", `${token} needs a value`, {
        hint: next === undefined ? `Write ${token} <${kindOf(schema)}>` : `Write ${token}=${next} if that is the value`,
      });
    this.#put(name, next, token);
    return 1;
  }

  /** `key=value` or `key:=json`; in a literal one `@` means nothing. */
  async pair(token: string, literal: boolean): Promise<void> {
    const [left, value] = cut(token, "=");
    if (value === undefined || left === "" || left === ":") throw this.#noPair(token);
    const isJson = left.endsWith(":");
    const name = isJson ? left.slice(0, -1) : left;
    const text = literal ? value : await this.#expand(value);
    if (isJson) this.#putJson(name, text, `${name}:=`);
    else this.#put(name, text, name);
  }

  #noPair(token: string): HubError {
    const [first] = Object.keys(propertiesOf(this.#schema, this.#schema));
    return new HubError("VALIDATION", `${JSON.stringify(token)} is no argument`, {
      hint: `Write it as key=value${first === undefined ? "" : `, as in ${first}=${token}`}`,
    });
  }

  /** `--no-x` is `x=false` where `x` is a boolean and nothing is called `no-x`. */
  #negated(name: string): string | undefined {
    if (!name.startsWith("no-") || Object.hasOwn(propertiesOf(this.#schema, this.#schema), name)) return undefined;
    const positive = name.slice(3);
    try {
      return kindOf(resolveSchema(placeOf(positive, this.#schema).schema, this.#schema)) === "boolean" ? positive : undefined;
    } catch {
      return undefined;
    }
  }

  async #expand(value: string): Promise<string> {
    if (!value.startsWith("@")) return value;
    if (value.startsWith("@@")) return value.slice(1);
    return value === "@-" ? this.#sources.stdin() : this.#file(value.slice(1));
  }

  async #file(path: string): Promise<string> {
    if (path === "-") return this.#sources.stdin();
    if (path === "") throw new HubError("VALIDATION", "@ needs the name of a file", { hint: "Write @@ for a value that begins with @" });
    return this.#sources.file(path);
  }

  #put(name: string, text: string, label: string): void {
    const { steps, schema } = placeOf(name, this.#schema);
    this.#assign(steps, decodeText(text, schema, { name: label, root: this.#schema }));
  }

  #putJson(name: string, json: string, label: string): void {
    this.#assign(placeOf(name, this.#schema).steps, parseJson(json, label));
  }

  /** An array given twice is one array. */
  #assign(steps: ReturnType<typeof placeOf>["steps"], value: unknown): void {
    const path = formatPath(steps);
    const again = this.#given.has(path) && steps.at(-1) !== append;
    this.#given.add(path);
    setAt(this.result, steps, (before) => {
      if (!again) return value;
      if (Array.isArray(before) && Array.isArray(value)) return [...(before as unknown[]), ...(value as unknown[])];
      throw new HubError("VALIDATION", `${path} was given twice`);
    });
  }
}

function cut(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}
