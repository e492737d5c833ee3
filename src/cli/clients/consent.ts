import { createInterface } from "node:readline/promises";
import { HubError } from "#hub/kernel/errors.ts";
import type { CliContext } from "../command.ts";

/** Asks before something is written; a program that runs us must have said `--yes`. Throws where the answer is no. */
export async function wantConsent(
  question: string,
  yes: boolean | undefined,
  { terminal, signal }: Pick<CliContext, "terminal" | "signal">,
): Promise<void> {
  if (yes) return;
  if (!terminal.stdin.isTTY)
    throw new HubError("VALIDATION", "Nothing was written, for nobody agreed to it", {
      hint: "Add --yes to agree, or --dry-run to only look",
    });
  const { stdin, stderr } = terminal.streams();
  // The terminal edits the line itself, so that Ctrl-C stays a signal.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  const left = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), left]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new HubError("CANCELLED", "Nothing was written");
}
