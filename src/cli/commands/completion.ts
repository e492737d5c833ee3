import { command } from "../command.ts";
import { complete } from "../completion/complete.ts";
import { nameSource } from "../completion/name-source.ts";
import { completionScripts, filesDirective } from "../completion/scripts.ts";
import { cleanLine } from "../output/sanitize.ts";

const shells = ["bash", "zsh", "fish"] as const;

export const completion = command({
  name: "completion",
  summary: "Print a completion script for bash, zsh or fish",
  description:
    "Servers, tools, their arguments and values are completed from the hub that runs, or as they were seen last. Nothing is started.",
  examples: [
    { line: "source <(hubctl completion bash)", means: "in ~/.bashrc; zsh alike in ~/.zshrc" },
    { line: "hubctl completion fish > ~/.config/fish/completions/hubctl.fish", means: "for fish" },
  ],
  flags: { shell: { type: "string", enum: shells, description: "The shell" } },
  positional: ["shell"],
  required: ["shell"],
  async run({ shell }, { terminal }) {
    terminal.stdout.write(completionScripts[shell]);
  },
});

/** Called by the scripts: the words after `hubctl` up to the cursor. */
export const completeWords = command({
  name: "__complete",
  summary: "Complete a command line",
  examples: [],
  flags: {},
  passThrough: true,
  async run(_, { terminal, runtime, root }, [, ...typed]) {
    const names = nameSource(runtime, async () => (await import("../connect.ts")).invokeRunning(runtime));
    const found = await complete(typed.length === 0 ? [""] : typed, { root, names });
    if (found === "files") return terminal.stdout.write(`${filesDirective}\n`);
    terminal.stdout.write(found.map(({ value, description = "" }) => `${cleanLine(value)}\t${cleanLine(description)}\n`).join(""));
  },
});
