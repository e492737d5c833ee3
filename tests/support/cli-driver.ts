import type { Connection } from "#cli/connection.ts";
import type { Disk } from "#cli/disk.ts";
import { areaCommands } from "#cli/operation-commands.ts";
import type { OperationEntry } from "#cli/operation-manifest.ts";
import type { RootEntry, RootTable } from "#cli/command.ts";
import { rootTable } from "#cli/root.ts";
import { run } from "#cli/run.ts";
import { testTerminal, type TestTerminal, type TestTerminalOptions } from "#cli/terminal.ts";
import type { CallOptions } from "#hub/kernel/client.ts";
import type { HubEvent } from "#hub/kernel/event.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { fakeRuntime } from "./fake-runtime.ts";

export type Answer = (input: Record<string, unknown>, options: CallOptions) => unknown;

export interface CliOptions extends TestTerminalOptions {
  /** What the hub answers, by operation; anything else fails the test. */
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly events?: (signal: AbortSignal) => AsyncIterable<HubEvent>;
  /** Operations the commands are made of, in place of the generated ones. */
  readonly manifest?: readonly OperationEntry[];
  readonly runtime?: Partial<Runtime>;
  readonly disk?: Partial<Disk>;
  /** Called with the terminal before the command starts, to send it signals later. */
  readonly prepare?: (terminal: TestTerminal) => void;
}

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly { readonly operation: string; readonly input: unknown }[];
}

/** Runs a command line in this process, against a hub that answers what the test says. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const terminal = testTerminal(options);
  const calls: CliRun["calls"][number][] = [];
  const connection = (): Connection => ({
    where: "socket",
    async invoke(operation, input, callOptions = {}) {
      calls.push({ operation, input });
      const answer = options.answers?.[operation];
      if (!answer) throw new Error(`this test has no answer for ${operation}`);
      return answer(input as Record<string, unknown>, callOptions);
    },
    events: ({ signal }) => {
      if (!options.events) throw new Error("this test has no events");
      return options.events(signal);
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  });
  options.prepare?.(terminal);
  const runtime = fakeRuntime({ env: options.env ?? {}, ...options.runtime });
  const code = await run(argv, {
    terminal,
    runtime,
    disk: { ...emptyDisk, ...options.disk },
    root: rootOver(options.manifest),
    connect: async () => connection(),
  });
  return { code, out: terminal.out(), err: terminal.err(), calls };
}

const emptyDisk: Disk = {
  look: async () => undefined,
  isExecutable: async () => false,
  saveNew: () => Promise.reject(new Error("this test has no disk")),
};

function rootOver(manifest: CliOptions["manifest"]): RootTable {
  if (!manifest) return rootTable;
  const areas = [...new Set(manifest.map(({ area }) => area))];
  const entries = areas.map((name): [string, RootEntry] => {
    const { group, summary } = rootTable[name] ?? { group: "Advanced", summary: name };
    return [name, { group, summary, load: async () => areaCommands(name, { summary, manifest }) }];
  });
  return { ...rootTable, ...Object.fromEntries(entries) };
}
