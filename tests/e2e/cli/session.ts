import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../until.ts";
import { Stranger, type Outcome, type RunningHub } from "../stranger.ts";

/**
 * A session at the command line, in the form of Go's testscript: commands, then `-- file --` sections that are there
 * before the first one.
 *
 *     exec hubctl tools list      runs; it must succeed, or with `!` in front fail
 *     exit 2                      the exit code of the last one
 *     stdout REGEX                its output, line by line; with `!` in front it must not be there
 *     stderr REGEX
 *     eventually stdout REGEX     the last one is repeated until its output is so
 *     stdin FILE                  what the next one reads
 *     terminal 20                 the next one runs in a terminal with so many columns; all it says is its stdout
 *     serve --config FILE         a hub in the background on a free port: $PORT, $URL
 *     env NAME=VALUE              from here on
 *     cd DIR, mkdir DIR, chmod MODE FILE
 *     [user] …                    only where this is not root, whom no mode of a file holds back
 */
export interface Session {
  readonly steps: readonly Step[];
  readonly files: ReadonlyMap<string, string>;
}

export interface Step {
  readonly line: number;
  readonly text: string;
  readonly isNegated: boolean;
  readonly verb: string;
  readonly rest: string;
}

/** Reads a script. */
export function parseSession(script: string): Session {
  const [head = "", ...sections] = script.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let i = 0; i < sections.length; i += 2) files.set(sections[i]!, sections[i + 1]!);
  const steps = head.split("\n").flatMap((text, index) => {
    const found = /^(\[user\]\s+)?(!\s*)?(\w+)\s*(.*)$/.exec(text.trim());
    if (!found) return [];
    const [, onlyUser, isNot, verb = "", rest = ""] = found;
    if (onlyUser !== undefined && process.getuid?.() === 0) return [];
    return [{ line: index + 1, text: text.trim(), isNegated: isNot !== undefined, verb, rest }];
  });
  return { steps, files };
}

/** Plays a script from its first step to its last; throws at the first that does not hold, with what was said. */
export async function playSession({ steps, files }: Session): Promise<void> {
  await using stranger = await Stranger.arrive();
  for (const [name, content] of files) await stranger.write(name, content);
  const player = new Player(stranger);
  for (const step of steps) {
    try {
      await player.play(step);
    } catch (cause) {
      throw new Error(`Line ${step.line}: ${step.text}\n${(cause as Error).message}`, { cause });
    }
  }
}

type Verb = (step: Step) => unknown;

class Player {
  readonly #env: Record<string, string> = {};
  #directory = ".";
  #stdin: string | undefined;
  #columns: number | undefined;
  #hub: RunningHub | undefined;
  #argv: readonly string[] = [];
  #last: Outcome = { code: null, out: "", err: "" };

  constructor(readonly stranger: Stranger) {}

  async play(step: Step): Promise<void> {
    const verb = this.#verbs[step.verb];
    if (!verb) throw new Error(`There is no ${step.verb}`);
    await verb(step);
  }

  readonly #verbs: Readonly<Record<string, Verb>> = {
    exec: async ({ rest, isNegated }) => {
      this.#argv = words(this.#expand(rest));
      this.#last = await this.#run(this.#argv);
      if ((this.#last.code !== 0) !== isNegated) throw new Error(this.#report());
    },
    exit: ({ rest }) => {
      if (this.#last.code !== Number(rest)) throw new Error(this.#report());
    },
    stdout: (step) => this.#match(step, this.#last.out),
    stderr: (step) => this.#match(step, this.#last.err),
    eventually: ({ text, rest }) =>
      until(text, async () => {
        this.#last = await this.#run(this.#argv);
        return new RegExp(this.#expand(rest.replace(/^stdout /, "")), "m").test(this.#last.out);
      }),
    stdin: ({ rest }) =>
      Bun.file(this.#path(rest))
        .text()
        .then((text) => (this.#stdin = text)),
    terminal: ({ rest }) => (this.#columns = Number(rest)),
    serve: async ({ rest }) => {
      this.#hub = await this.stranger.serve(words(rest), { cwd: this.#directory, env: this.#env });
      await this.stranger.serversSettled(this.#hub);
    },
    stop: () => this.#hub?.stop(),
    env: ({ rest }) => {
      const [name = "", ...value] = rest.split("=");
      this.#env[name] = this.#expand(value.join("="));
    },
    cd: ({ rest }) => (this.#directory = this.#path(rest)),
    mkdir: ({ rest }) => mkdir(this.#path(rest), { recursive: true }),
    chmod: ({ rest }) => chmod(this.#path(rest.split(" ")[1]!), Number.parseInt(rest, 8)),
  };

  async #run(argv: readonly string[]): Promise<Outcome> {
    const [stdin, columns] = [this.#stdin, this.#columns];
    this.#stdin = this.#columns = undefined;
    const options = { cwd: this.#directory, env: this.#env, ...(stdin !== undefined && { stdin }) };
    return columns === undefined ? this.stranger.run(argv, options) : this.stranger.runInTerminal(argv, { ...options, columns });
  }

  #match({ rest, isNegated }: Step, text: string): void {
    if (new RegExp(this.#expand(rest), "m").test(text) === isNegated) throw new Error(this.#report());
  }

  #path(name: string): string {
    const path = this.#expand(name);
    return path.startsWith("/") ? path : join(this.stranger.directory, this.#directory, path);
  }

  /** The names a script may use; any other `$` stays, for shells and regular expressions. */
  #expand(text: string): string {
    const { home, directory } = this.stranger;
    const url = this.#hub?.url ?? "";
    const values: Record<string, string> = { HOME: home, WORK: directory, URL: url, PORT: URL.parse(url)?.port ?? "" };
    return text.replaceAll(/\$(HOME|WORK|URL|PORT)\b/g, (_, name: string) => values[name]!);
  }

  #report(): string {
    const { code, out, err } = this.#last;
    return [`exit ${code}`, ...sections("stdout", out), ...sections("stderr", err)].join("\n");
  }
}

const sections = (name: string, text: string) => (text === "" ? [] : [`[${name}]`, text.trimEnd()]);

/** Words as a shell splits them, with single quotes and double quotes. */
export const words = (text: string): string[] =>
  [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one ?? two));
