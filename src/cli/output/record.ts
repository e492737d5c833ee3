import type { Output } from "../terminal.ts";
import { cellText } from "./cell.ts";
import { isRecord } from "./json.ts";
import { printTable, type Row } from "./table.ts";
import { tableColumns } from "./table-columns.ts";
import { styles } from "./style.ts";

export interface RecordOptions {
  readonly stdout: Output;
  readonly now: number;
}

/** One object: names and values for a person, `name<TAB>value` for a program. Objects inside become `a.b`. */
export function printRecord(record: Row, { stdout, now }: RecordOptions): void {
  const fields = flatten(record).map(
    ([name, value]) => [name, cellText(name.split(".").at(-1)!, value, { human: stdout.isTTY, now })] as const,
  );
  if (!stdout.isTTY) return stdout.write(fields.map(([name, text]) => `${name}\t${text}\n`).join(""));
  const { bold } = styles(stdout.colour);
  const shown = fields.filter(([, text]) => text !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  stdout.write(shown.map(([name, text]) => `${bold(name.padEnd(width))}  ${text}\n`).join(""));
}

function flatten(record: Row, prefix = ""): (readonly [string, unknown])[] {
  return Object.entries(record).flatMap(([key, value]) =>
    isRecord(value) && prefix === "" ? flatten(value, `${key}.`) : [[prefix + key, value] as const],
  );
}

/** Whatever an operation answered. */
export function printValue(value: unknown, operation: string, options: RecordOptions): void {
  if (Array.isArray(value) && value.every(isRecord)) return printTable(value, { ...options, columns: tableColumns(operation, value) });
  if (isRecord(value)) return printRecord(value, options);
  options.stdout.write(`${cellText("", value, { human: options.stdout.isTTY, now: options.now })}\n`);
}
