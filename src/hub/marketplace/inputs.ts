import { join } from "node:path";
import { HubError } from "../kernel/errors.ts";
import type { Ask } from "./template.ts";

/** What a person gave, by key; several values where an input may be repeated. */
export type Given = Readonly<Record<string, string | readonly string[]>>;

/** A value in the form the configuration takes. */
export interface Answer {
  readonly values: readonly string[];
  /** Goes into the vault: it is a secret, or it holds what the configuration would fill in. */
  readonly sealed: boolean;
}

export interface CheckOptions {
  readonly home: string;
  /** In the field for secrets: what stands elsewhere would be in the audit log. */
  readonly secrets: Given;
}

/** Checks what was given against what is asked for; throws everything that is wrong or missing, in one error. */
export function checkInputs(asks: readonly Ask[], inputs: Given, { home, secrets }: CheckOptions): Map<string, Answer> {
  const issues: Issue[] = [...Object.keys(inputs), ...Object.keys(secrets)]
    .filter((key) => !asks.some((ask) => ask.key === key))
    .map((key) => ({ key, message: "is not asked for" }));
  const answers = new Map<string, Answer>();
  for (const ask of asks) {
    const open = own(inputs, ask.key);
    const hidden = own(secrets, ask.key);
    const values = valuesOf(hidden ?? open ?? ask.default).map((value) => homeOf(value, ask, home));
    const message = ask.secret && open !== undefined ? "is a secret; give it among the secrets" : faultOf(values, ask);
    if (message !== undefined) issues.push({ key: ask.key, message });
    else if (values.length > 0)
      answers.set(ask.key, { values, sealed: ask.secret || hidden !== undefined || values.some(wouldBeFilledIn) });
  }
  if (issues.length === 0) return answers;
  throw new HubError("VALIDATION", issues.map(({ key, message }) => `${key} ${message}`).join("; "), {
    hint: "Give inputs as --input key=value; `hubctl marketplace plan` says what is asked for",
    details: { issues },
  });
}

interface Issue {
  readonly key: string;
  readonly message: string;
}

const own = (given: Given, key: string) => (Object.hasOwn(given, key) ? given[key] : undefined);

/** An empty text is no answer. */
const valuesOf = (raw: string | readonly string[] | undefined): readonly string[] =>
  (typeof raw === "string" ? [raw] : (raw ?? [])).filter((value) => value !== "");

function faultOf(values: readonly string[], ask: Ask): string | undefined {
  if (values.length === 0) return ask.required ? "is required" : undefined;
  if (values.length > 1 && !ask.repeated) return "takes one value";
  return values.map((value) => fault(value, ask)).find((found) => found !== undefined);
}

const homeOf = (value: string, { kind }: Ask, home: string) =>
  kind === "filepath" && /^~(\/|$)/.test(value) ? join(home, value.slice(1)) : value;

/** The configuration fills in `${…}` anywhere, and `$NAME` where that is a whole argument. */
const wouldBeFilledIn = (value: string) => value.includes("${") || value.startsWith("$");

function fault(value: string, ask: Ask): string | undefined {
  // A private key has lines; a header or an argument has none.
  if (ask.place === "env" ? value.includes("\0") : /\p{Cc}/u.test(value)) return "has a control character in it";
  if (ask.choices && !ask.choices.includes(value)) return `must be one of ${ask.choices.join(", ")}`;
  if (!forms[ask.kind].test(value)) return `must be ${nouns[ask.kind]}`;
  const isFlag = ask.place === "argument" && !ask.secret && ask.kind !== "number" && value.startsWith("-");
  return isFlag ? "must not begin with -, or it would be taken for a flag" : undefined;
}

const forms: Record<Ask["kind"], RegExp> = {
  string: /^/,
  number: /^-?\d+(\.\d+)?$/,
  boolean: /^(true|false)$/,
  filepath: /^(\/|[A-Za-z]:[\\/])/,
};
const nouns: Record<Ask["kind"], string> = { string: "text", number: "a number", boolean: "true or false", filepath: "an absolute path" };
