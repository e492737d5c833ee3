import { join } from "node:path";
import { newFolder, startProgram } from "./programs.ts";
import { mcpHubScript } from "./subjects.ts";

export const commands = ["hello", "--version", "--help", "call", "mcp-hub --help"] as const;
export type CommandName = (typeof commands)[number];

/** Milliseconds of every command in one round. */
export type StartRound = Readonly<Record<CommandName, number>>;

/** Measures how long commands take from their start to their end, in turn, in a home where no hub runs. */
export async function measureStarts({ program, rounds }: { program: string; rounds: number }): Promise<StartRound[]> {
  const home = newFolder();
  const argv: Record<CommandName, string[]> = {
    hello: [await compileHello(home)],
    "--version": [program, "--version"],
    "--help": [program, "--help"],
    call: [program, "call", "hub.integrations.list"],
    "mcp-hub --help": ["node", mcpHubScript, "--help"],
  };
  const measured: StartRound[] = [];
  // The first round fills the system's file cache and makes the store; it does not count.
  for (let round = -1; round < rounds; round++) {
    const times: Partial<Record<CommandName, number>> = {};
    for (const name of commands) times[name] = await timeOf(argv[name], home);
    if (round >= 0) measured.push(times as StartRound);
  }
  return measured;
}

async function timeOf(argv: string[], home: string): Promise<number> {
  const started = performance.now();
  const code = await startProgram(argv, { cwd: home, env: { HOME: home } }).exited;
  const ms = performance.now() - started;
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
  return ms;
}

/** The least a program of this kind can take: one that prints a line, compiled the same way. */
async function compileHello(folder: string): Promise<string> {
  const source = join(folder, "hello.ts");
  const outfile = join(folder, "hello");
  await Bun.write(source, 'console.log("hello");\n');
  await Bun.build({ entrypoints: [source], target: "bun", format: "esm", bytecode: true, minify: true, compile: { outfile } });
  return outfile;
}
