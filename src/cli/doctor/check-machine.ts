import { commit, version } from "#hub/kernel/version.ts";
import { findings, type Examined, type Finding } from "./finding.ts";

const program = findings("hubctl");
const guardian = findings("guardian");
const terminal = findings("terminal");

/** The guardian that ends servers when the hub dies is a shell script. */
const shell = "/bin/sh";

export async function checkMachine(examined: Examined): Promise<readonly Finding[]> {
  const { runtime, disk } = examined;
  const built = commit === undefined ? "from source" : `built from ${commit}`;
  return [
    program.pass(`${version} ${built}, Bun ${Bun.version}, ${runtime.host.platform}`),
    runtime.host.platform === "win32" || (await disk.isExecutable(shell))
      ? guardian.pass(`${shell} is there`)
      : guardian.fail(`${shell} is missing`, "Install a POSIX shell: without it servers outlive a hub that is killed"),
    checkTerminal(examined),
  ];
}

function checkTerminal({ terminal: { stdout, env } }: Examined): Finding {
  if (!stdout.isTTY) return terminal.pass("Standard output is no terminal, so lists are tab-separated");
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const about = `${env["TERM"] ?? "no TERM"}, ${stdout.columns} columns, ${stdout.colour ? "colour" : "no colour"}`;
  if (!env["TERM"] || env["TERM"] === "dumb") return terminal.warn(about, "Set TERM, as in TERM=xterm-256color, for `hubctl tui`");
  if (!/utf-?8/i.test(locale))
    return terminal.warn(`${about}, locale ${locale || "C"}`, "Set LANG to a UTF-8 locale, as in LANG=C.UTF-8, if lines look broken");
  return terminal.pass(about);
}
