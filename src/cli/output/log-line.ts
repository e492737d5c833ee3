import type { LogSink } from "#hub/kernel/log.ts";
import type { Output } from "../terminal.ts";
import { jsonLine } from "./json.ts";
import { cleanLine } from "./sanitize.ts";
import { styles } from "./style.ts";

/** Log records on stderr: readable lines for a person, JSON lines for a collector. */
export function logSink(stderr: Output): LogSink {
  if (!stderr.isTTY) return (record) => stderr.write(jsonLine(record));
  const style = styles(stderr.colour);
  const tint = { debug: style.dim, info: String, warn: style.yellow, error: style.red };
  return ({ at, level, area, message, ...fields }) => {
    const rest = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    stderr.write(
      `${style.dim(at.slice(11, 23))} ${tint[level](level.padEnd(5))} ${cleanLine(`${area}: ${message}`)} ${style.dim(cleanLine(rest.join(" ")))}`.trimEnd() +
        "\n",
    );
  };
}
