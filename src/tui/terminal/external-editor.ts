import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Terminal } from "./terminal.ts";
import type { RunForeground } from "./use-foreground.ts";

export interface ExternalEditorOptions {
  readonly terminal: Terminal;
  readonly runForeground: RunForeground;
  readonly temporaryDirectory: string;
}

/** Opens text in `$VISUAL` or `$EDITOR`, in a file only this user can read; undefined when it came back unchanged or not at all. */
export async function editText(
  { terminal, runForeground, temporaryDirectory }: ExternalEditorOptions,
  text: string,
): Promise<string | undefined> {
  const { env } = terminal.process;
  const run = terminal.runForeground;
  const command = (env["VISUAL"] || env["EDITOR"] || "vi").split(/\s+/).filter(Boolean);
  if (!run) return undefined;
  const directory = await mkdtemp(join(temporaryDirectory, "hubctl-"));
  try {
    const path = join(directory, "arguments.json");
    await writeFile(path, text, { mode: 0o600 });
    const code = await runForeground(() => run([...command, path]));
    const edited = await readFile(path, "utf8");
    return code === 0 && edited !== text ? edited : undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
