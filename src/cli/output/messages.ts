import { createConsola, type ConsolaInstance, type LogType } from "consola/core";
import type { Terminal } from "../terminal.ts";
import { cleanText } from "./sanitize.ts";
import { styles, type Styles } from "./style.ts";

const prefixes: Partial<Record<LogType, (style: Styles) => string>> = {
  error: ({ red }) => red("error: "),
  fatal: ({ red }) => red("error: "),
  warn: ({ yellow }) => yellow("warning: "),
  success: ({ green }) => green("✓ "),
  start: ({ dim }) => dim("… "),
};

const levels = { all: 3, warningsOnly: 1 };

/** Messages to the person at the terminal, on stderr only: stdout is for data. */
export function createMessages(
  { stderr }: Pick<Terminal, "stderr">,
  { quiet = false }: { readonly quiet?: boolean } = {},
): ConsolaInstance {
  const style = styles(stderr.colour);
  return createConsola({
    level: quiet ? levels.warningsOnly : levels.all,
    // consola swallows a line it has just printed; ours may rightly repeat.
    throttle: 0,
    reporters: [{ log: ({ type, args }) => stderr.write(`${prefixes[type]?.(style) ?? ""}${cleanText(args.map(String).join(" "))}\n`) }],
  });
}
