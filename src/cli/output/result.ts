import { toolHelp, type ToolDetail } from "../tool-call/tool-help.ts";
import type { Terminal } from "../terminal.ts";
import { isRecord, printJson, selectFields } from "./json.ts";
import { printValue } from "./record.ts";
import { printText } from "./text.ts";

export interface ResultOptions {
  readonly operation: string;
  readonly terminal: Terminal;
  /** As in `--json[=fields]`; undefined prints for people or pipes. */
  readonly json: string | undefined;
  readonly now: number;
}

/** Prints what an operation answered: text, table, record, TSV or JSON. */
export function printResult(result: unknown, { operation, terminal, json, now }: ResultOptions): void {
  const { stdout } = terminal;
  if (json !== undefined) return printJson(selectFields(result, json), terminal);
  if (stdout.isTTY && operation === "tools.show") return stdout.write(toolHelp(result as ToolDetail, stdout));
  const texts = readers[operation]?.(result);
  if (texts) {
    for (const text of texts) printText(text, stdout);
    return;
  }
  const rows = isRecord(result) && Array.isArray(result["items"]) ? result["items"] : result;
  printValue(rows, operation, { stdout, now });
}

/** Operations whose answer is text to read; undefined where it holds anything else, which then is printed as data. */
const readers: Readonly<Record<string, (result: unknown) => readonly string[] | undefined>> = {
  "resources.read": (result) => textsOf(result, "contents", (one) => one["text"]),
  "prompts.get": (result) =>
    textsOf(result, "messages", ({ role, content }) => {
      const text = isRecord(content) ? content["text"] : content;
      return typeof text === "string" ? `${String(role)}: ${text}` : undefined;
    }),
};

function textsOf(result: unknown, key: string, text: (one: Record<string, unknown>) => unknown): readonly string[] | undefined {
  const list = isRecord(result) && Array.isArray(result[key]) ? result[key].map((one) => (isRecord(one) ? text(one) : undefined)) : [];
  return list.length > 0 && list.every((one) => typeof one === "string") ? list : undefined;
}
