import type { Output } from "../terminal.ts";
import { cleanText } from "./sanitize.ts";

/** Text of a server: byte for byte into a pipe; a terminal gets none of its control sequences. */
export function printText(text: string, to: Output): void {
  const shown = to.isTTY ? cleanText(text) : text;
  to.write(shown.endsWith("\n") || shown === "" ? shown : `${shown}\n`);
}
