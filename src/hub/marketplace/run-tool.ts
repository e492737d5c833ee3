import { HubError } from "../kernel/errors.ts";
import type { Child, Runtime } from "../kernel/runtime.ts";

/** What a program of this machine said. */
export interface ToolOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs of this machine: package managers and container engines. */
export interface Tools {
  has(command: string): boolean;
  run(argv: readonly string[]): Promise<ToolOutput>;
  /** Variables of the hub that configure package managers or the engine, by name. */
  inherited(pattern: RegExp): readonly string[];
}

/** The spawn gate, as far as a package manager needs it. */
interface Starter {
  start(request: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly owner: string;
  }): Promise<Pick<Child, "stdin" | "stdout" | "stderr" | "exited"> & { stop(): Promise<unknown> }>;
}

export interface ToolsDeps {
  readonly gate: Starter;
  readonly runtime: Pick<Runtime, "clock" | "env">;
  readonly which: (command: string) => string | null;
}

const timeoutMs = 60_000;
const outputLimit = 4 * 1024 * 1024;
/** What npm, uv, pip and the container engines read from the environment to find the registry or the engine of this machine. */
const configuration =
  /^(npm_config_(registry|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|cafile)|UV_(INDEX|DEFAULT_INDEX|INDEX_URL)|PIP_INDEX_URL|DOCKER_HOST|DOCKER_CONTEXT|DOCKER_CONFIG|XDG_RUNTIME_DIR|CONTAINER_HOST|HTTPS?_PROXY|NO_PROXY)$/i;

export function createTools({ gate, runtime, which }: ToolsDeps): Tools {
  const names = Object.keys(runtime.env).filter((name) => configuration.test(name) && runtime.env[name]);
  return {
    has: (command) => which(command) !== null,
    inherited: (pattern) => names.filter((name) => pattern.test(name)),
    async run(argv) {
      const env = Object.fromEntries(names.map((name) => [name, runtime.env[name]!]));
      const child = await gate.start({ argv, env, owner: argv[0]! });
      const answered = new AbortController();
      const late = runtime.clock.sleep(timeoutMs, answered.signal).then(() => {
        throw new HubError("TIMEOUT", `${argv[0]} took more than ${timeoutMs / 1000} seconds`, {
          hint: `Try it in a terminal: ${argv.join(" ")}`,
        });
      });
      try {
        child.stdin.end();
        const said = Promise.all([readText(child.stdout), readText(child.stderr), child.exited]);
        const [stdout, stderr, { code }] = await Promise.race([late, said]);
        return { code, stdout, stderr };
      } finally {
        answered.abort();
        await child.stop();
      }
    },
  };
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > outputLimit) throw new HubError("UPSTREAM_REJECTED", "A package manager printed more than could be meant");
  }
  return text + decoder.decode();
}
