import { HubError, type ErrorBody } from "#hub/kernel/errors.ts";
import type { Terminal } from "../terminal.ts";
import { cleanJson, cleanLine, cleanText } from "./sanitize.ts";
import { styles } from "./style.ts";

/** Says on stderr what went wrong and what to do, and returns the exit code. */
export function reportFailure(cause: unknown, { stderr }: Pick<Terminal, "stderr">, { json }: { readonly json: boolean }): number {
  const error = HubError.from(cause);
  stderr.write(json ? `${cleanJson(JSON.stringify({ error: error.toJSON() satisfies ErrorBody }))}\n` : describe(error, stderr.colour));
  return error.row.exit;
}

function describe(error: HubError, colour: boolean): string {
  const { red, cyan } = styles(colour);
  const lines = [`${red("error:")} ${cleanText(error.message)}`];
  const near = error.details?.["near"];
  if (Array.isArray(near) && near.length > 0) lines.push(`${cyan("hint:")} Did you mean ${cleanLine(near.map(String).join(", "))}?`);
  if (error.hint !== undefined) lines.push(`${cyan("hint:")} ${cleanText(error.hint)}`);
  return `${lines.join("\n")}\n`;
}
