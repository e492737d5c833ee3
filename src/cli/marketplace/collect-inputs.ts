import { createInterface } from "node:readline/promises";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import type { z } from "zod";
import { HubError } from "#hub/kernel/errors.ts";
import type { AskSchema } from "#hub/marketplace/schema.ts";
import type { CliContext } from "../command.ts";
import { cleanText } from "../output/sanitize.ts";

type Ask = z.output<typeof AskSchema>;
type Values = Record<string, string[]>;

export interface Collected {
  readonly inputs: Values;
  readonly secrets: Values;
}

export interface CollectOptions {
  /** `key=value` as typed; `key=@file` takes the text of a file. */
  readonly typed: readonly string[];
  /** Ask for what is required and was not typed; only where a person sits at the terminal. */
  readonly mayAsk: boolean;
}

/** Brings together what was typed and what a person answers, the secret values apart from the others. */
export async function collectInputs(asks: readonly Ask[], { typed, mayAsk }: CollectOptions, context: CliContext): Promise<Collected> {
  const values = await readTyped(typed, context);
  for (const ask of asks) {
    if (!mayAsk || values[ask.key] || (!ask.required && !ask.secret) || ask.default !== undefined) continue;
    const answer = await question(ask, context);
    if (answer !== "") values[ask.key] = [ask.kind === "filepath" ? absolute(answer, context) : answer];
  }
  const isSecret = (key: string) => asks.some((ask) => ask.key === key && ask.secret);
  const isPath = (key: string) => asks.some((ask) => ask.key === key && ask.kind === "filepath");
  const entries = Object.entries(values).map(
    ([key, list]) => [key, isPath(key) ? list.map((path) => absolute(path, context)) : list] as const,
  );
  return {
    inputs: Object.fromEntries(entries.filter(([key]) => !isSecret(key))),
    secrets: Object.fromEntries(entries.filter(([key]) => isSecret(key))),
  };
}

/** The hub may run in another directory than the person. */
const absolute = (path: string, { runtime }: CliContext) => (/^~(\/|$)/.test(path) ? path : resolve(runtime.host.cwd, path));

async function readTyped(typed: readonly string[], { runtime }: CliContext): Promise<Values> {
  const values: Values = {};
  for (const text of typed) {
    const cut = text.indexOf("=");
    if (cut < 1) throw new HubError("VALIDATION", `${text} is no input`, { hint: "Write --input key=value" });
    const [key, value] = [text.slice(0, cut), text.slice(cut + 1)];
    (values[key] ??= []).push(
      value.startsWith("@") && !value.startsWith("@@") ? await readValue(value.slice(1), runtime) : value.replace(/^@@/, "@"),
    );
  }
  return values;
}

async function readValue(path: string, { files }: CliContext["runtime"]): Promise<string> {
  const text = await files.read(path);
  if (text !== undefined) return text.replace(/\r?\n$/, "");
  throw new HubError("VALIDATION", `There is no file ${path}`, { hint: "Write @@ for a value that begins with @" });
}

async function question(ask: Ask, { terminal, signal }: CliContext): Promise<string> {
  const { stdin, stderr } = terminal.streams();
  const about = [ask.description, ask.choices && `one of ${ask.choices.join(", ")}`, ask.placeholder && `for example ${ask.placeholder}`];
  const note = about.filter(Boolean).join("; ");
  if (note !== "") terminal.stderr.write(`${cleanText(note)}\n`);
  terminal.stderr.write(`${cleanText(ask.key)}${ask.required ? "" : " (empty for none)"}: `);
  // What is typed for a secret shows nowhere.
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: stdin, output: ask.secret ? nowhere : stderr, terminal: true });
  try {
    return (await lines.question("", { signal })).trim();
  } finally {
    lines.close();
    if (ask.secret) terminal.stderr.write("\n");
  }
}
