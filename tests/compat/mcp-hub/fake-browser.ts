import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** What a program opens a browser with, first on its PATH: it writes down the address. */
export interface FakeBrowser {
  /** For the program that is to find it. */
  readonly env: Readonly<Record<string, string>>;
  opened(): Promise<string[]>;
}

export async function fakeBrowser(home: string): Promise<FakeBrowser> {
  const bin = join(home, "bin");
  const log = join(home, "opened");
  await mkdir(bin);
  const script = `#!/bin/sh\nfor address; do :; done\nprintf '%s\\n' "$address" >> '${log}'\n`;
  for (const opener of ["xdg-open", "open"]) await writeFile(join(bin, opener), script, { mode: 0o755 });
  return {
    // Without a screen ours does not even try.
    env: { PATH: `${bin}${delimiter}${process.env["PATH"]!}`, DISPLAY: ":0" },
    opened: async () => (await readFile(log, "utf8").catch(() => "")).split("\n").filter(Boolean),
  };
}
