import { HubError } from "../kernel/errors.ts";
import { redactText } from "../kernel/redact.ts";
import { parsePlaceholders, type Piece, type Placeholder } from "./placeholder.ts";

/** Stands for a value that could not be made and has been reported. */
export const failed = Symbol("failed");
export type Filled = string | typeof failed;

/** What the placeholders of one field see. */
export interface Scope {
  /** Undefined when nothing has that name. */
  readonly variable: (name: string) => Promise<Filled | undefined>;
  /** Runs the command of `${cmd: …}` and gives its output. */
  readonly run: (command: string) => Promise<string>;
  readonly report: (unresolved: Unresolved) => void;
}

export interface Unresolved {
  /** What stands between the braces, as written: the names inside may have secret values. */
  readonly name: string;
  readonly reason: string;
  readonly hint?: string;
}

/** Fills in the placeholders of a text; what a value holds is never looked at again. */
export async function fillIn(text: string, scope: Scope): Promise<Filled> {
  return join(piecesOf(text, scope), scope);
}

function piecesOf(text: string, scope: Scope): readonly Piece[] | typeof failed {
  try {
    return parsePlaceholders(text);
  } catch (cause) {
    const { message, hint } = HubError.from(cause);
    scope.report({ name: redactText(text), reason: message, hint });
    return failed;
  }
}

async function join(pieces: readonly Piece[] | typeof failed, scope: Scope): Promise<Filled> {
  if (pieces === failed) return failed;
  let text = "";
  let complete = true;
  for (const piece of pieces) {
    const value = typeof piece === "string" ? piece : await valueOf(piece, scope);
    if (value === failed) complete = false;
    else text += value;
  }
  return complete ? text : failed;
}

async function valueOf({ source, pieces }: Placeholder, scope: Scope): Promise<Filled> {
  const name = redactText(source.slice(2, -1));
  const content = await join(pieces, scope);
  if (content === failed) return failed;
  // Only the configuration may ask for a command: a value that begins with `cmd:` is a name like any other.
  if (typeof pieces[0] === "string" && pieces[0].startsWith("cmd:")) return output(name, content.slice(4).trim(), scope);
  const key = content.startsWith("env:") ? content.slice(4) : content;
  const value = key === "" ? undefined : await scope.variable(key);
  if (value !== undefined) return value;
  if (key === "") scope.report({ name, reason: `\${${name}} names nothing`, hint: "Write a name between the braces" });
  else scope.report({ name, reason: `\${${name}} is not set` });
  return failed;
}

/** The value of a variable by its very name, whatever characters that has. */
export async function fillVariable(name: string, { variable, report }: Scope): Promise<Filled> {
  const value = await variable(name);
  if (value === undefined) report({ name, reason: `$${name} is not set` });
  return value ?? failed;
}

async function output(name: string, command: string, { run, report }: Scope): Promise<Filled> {
  try {
    const text = command === "" ? "" : (await run(command)).trim();
    if (text !== "") return text;
    report({ name, reason: `the command of \${${name}} printed nothing`, hint: "Try the command in a terminal" });
  } catch (cause) {
    const { message, code, hint } = HubError.from(cause);
    report({
      name,
      reason: code === "INTERNAL" ? `the command of \${${name}} failed` : `the command of \${${name}} failed: ${message}`,
      hint,
    });
  }
  return failed;
}
