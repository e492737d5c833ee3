import { HubError } from "../kernel/errors.ts";
import { redactText } from "../kernel/redact.ts";
import type { Child, Runtime } from "../kernel/runtime.ts";
import type { RunCommand } from "./interpolate.ts";

/** The spawn gate, as far as a placeholder needs it. */
interface Starter {
  start(request: StartRequest): Promise<Pick<Child, "stdin" | "stdout" | "stderr" | "exited"> & { stop(): Promise<unknown> }>;
}

interface StartRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly allowEnv: readonly string[];
  readonly cwd: string;
  readonly owner: string;
}

const timeoutMs = 30_000;
const outputLimit = 1_048_576;

export interface RunCommandDeps {
  readonly gate: Starter;
  readonly runtime: Pick<Runtime, "clock" | "env" | "host">;
}

/**
 * Runs the commands of `${cmd: …}` placeholders. They are lines of shell by definition, written by the owner of the
 * configuration, and see the hub's own environment, as a password manager's command line needs to.
 */
export function createRunCommand({ gate, runtime }: RunCommandDeps): RunCommand {
  const env = Object.fromEntries(Object.entries(runtime.env).filter((pair): pair is [string, string] => pair[1] !== undefined));
  return async (command) => {
    const argv = ["/bin/sh", "-c", command];
    const child = await gate.start({ argv, env, allowEnv: Object.keys(env), cwd: runtime.host.cwd, owner: "A ${cmd:} placeholder" });
    const answered = new AbortController();
    const late = runtime.clock.sleep(timeoutMs, answered.signal).then(() => {
      throw new HubError("TIMEOUT", `it took more than ${timeoutMs / 1000} seconds`, {
        hint: "Try the command in a terminal; it must not wait for input",
      });
    });
    try {
      child.stdin.end();
      return await Promise.race([late, outputOf(child)]);
    } finally {
      answered.abort();
      // Kills what the command left running, too.
      await child.stop();
    }
  };
}

async function outputOf({ stdout, stderr, exited }: Awaited<ReturnType<Starter["start"]>>): Promise<string> {
  const [output, complaint, { code, signal }] = await Promise.all([readText(stdout), readText(stderr), exited]);
  if (code === 0) return output;
  const lastLine = redactText(complaint.trim().split("\n").at(-1) ?? "").slice(0, 200);
  throw new HubError("UPSTREAM_REJECTED", `it ended with ${code === null ? signal : `exit code ${code}`}${lastLine && ` (${lastLine})`}`, {
    hint: "Try the command in a terminal",
  });
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > outputLimit) throw new HubError("UPSTREAM_REJECTED", `it printed more than ${outputLimit} characters`);
  }
  return text + decoder.decode();
}
