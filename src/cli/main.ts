#!/usr/bin/env bun
import { version } from "#hub/kernel/version.ts";
import { mcpHubArguments } from "./mcp-hub/invoked-as.ts";
import { rootHelp } from "./root-help.ts";
import { BrokenPipe, systemTerminal, type Output } from "./terminal.ts";

/** argv → exit code. What asks only for the version or the list of commands loads nothing else. */
async function main(argv: readonly string[]): Promise<number> {
  const terminal = systemTerminal();
  const forMcpHub = mcpHubArguments(argv, process);
  if (forMcpHub) {
    const [{ runMcpHub }, { systemRuntime }] = await Promise.all([import("./mcp-hub/run.ts"), import("#hub/kernel/system-runtime.ts")]);
    return runMcpHub(forMcpHub, { terminal, runtime: systemRuntime });
  }
  const answer = argv.length > 1 ? undefined : shortAnswer(argv[0], terminal.stdout);
  if (answer === undefined) {
    const [{ run }, { systemRuntime }, { systemDisk }] = await Promise.all([
      import("./run.ts"),
      import("#hub/kernel/system-runtime.ts"),
      import("./disk.ts"),
    ]);
    return run(argv, { terminal, runtime: systemRuntime, disk: systemDisk });
  }
  try {
    terminal.stdout.write(answer);
  } catch (cause) {
    if (!(cause instanceof BrokenPipe)) throw cause;
  }
  return 0;
}

function shortAnswer(word: string | undefined, stdout: Output): string | undefined {
  if (word === "--version" || word === "version") return `${version}\n`;
  return word === undefined || word === "--help" || word === "-h" || word === "help" ? rootHelp(stdout) : undefined;
}

process.exit(await main(process.argv.slice(2)));
