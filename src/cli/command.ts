import { defineCommand, type CommandDef } from "citty";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { parseArguments } from "./args.ts";
import type { ConnectOptions } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { Disk } from "./disk.ts";
import type { ArgumentSpec, Flags, Flag } from "./flags.ts";
import { globalFlags, type GlobalValues } from "./global-flags.ts";
import type { Terminal } from "./terminal.ts";

/** What every command gets besides its own arguments. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  readonly disk: Disk;
  readonly globals: GlobalValues;
  readonly root: RootTable;
  /** The hub this command line means. */
  connect(globals: GlobalValues, options?: Pick<ConnectOptions, "servers">): Promise<Connection>;
  /** Aborts at the first Ctrl-C; the second ends the process. */
  readonly signal: AbortSignal;
}

export interface Example {
  readonly line: string;
  readonly means: string;
}

/** A command as people read it (help, completion, reference) and as citty runs it. */
export interface Command extends CommandDef {
  readonly kind: "command";
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly Example[];
  readonly spec: ArgumentSpec;
}

/** Commands below a word, as `servers` holds `list` and `restart`; loaded when asked for. */
export interface CommandGroup extends CommandDef {
  readonly kind: "group";
  readonly summary: string;
  readonly members: Readonly<Record<string, () => Promise<Command>>>;
}

/** One of the first words after `hubctl`. */
export interface RootEntry {
  readonly group: RootGroup;
  readonly summary: string;
  readonly load: () => Promise<Command | CommandGroup>;
}

/** Where root help shows it. */
export type RootGroup = "Everyday" | "Servers and tools" | "Operations" | "Advanced";

export type RootTable = Readonly<Record<string, RootEntry>>;

export type Values<F extends Flags, Required extends keyof F> = {
  readonly [K in keyof F]: K extends Required ? ValueOf<F[K]> : ValueOf<F[K]> | undefined;
};

type ValueOf<F extends Flag> = F extends { type: "array" }
  ? readonly string[]
  : F extends { enum: readonly (infer Choice)[] }
    ? Choice
    : F extends { type: "string" }
      ? string
      : F extends { type: "integer" | "number" }
        ? number
        : F extends { type: "boolean" }
          ? boolean
          : unknown;

export interface CommandDefinition<F extends Flags, Required extends keyof F & string> {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly Example[];
  readonly flags: F;
  readonly positional?: readonly (keyof F & string)[];
  readonly required?: readonly Required[];
  readonly passThrough?: boolean;
  /** Runs it; a number is the exit code, nothing is 0. */
  run(values: Values<F, Required>, context: CliContext, rest: readonly string[]): Promise<number | void>;
}

/** Declares a command. Its own flags win over global ones of the same name, which then go before the command. */
export function command<const F extends Flags, const Required extends keyof F & string = never>(
  definition: CommandDefinition<F, Required>,
): Command {
  const { name, summary, description, examples, flags, positional, required, passThrough } = definition;
  const spec: ArgumentSpec = { flags: { ...globalFlags, ...flags }, positional, required, passThrough };
  const run = async (rawArgs: readonly string[], context: CliContext) => {
    const { values, rest } = parseArguments(rawArgs, spec);
    return definition.run(values as Values<F, Required>, { ...context, globals: mergeGlobals(context.globals, values, flags) }, rest);
  };
  return {
    ...defineCommand({ meta: { name, description: summary }, run: ({ rawArgs, data }) => run(rawArgs, data as CliContext) }),
    kind: "command",
    summary,
    description,
    examples,
    spec: { ...spec, flags },
  };
}

/** Global flags may stand before the command or after it; after it they win. */
export function mergeGlobals(before: GlobalValues, values: Readonly<Record<string, unknown>>, own: Flags): GlobalValues {
  const given = Object.entries(values).filter(([key]) => key in globalFlags && !(key in own));
  return { ...before, ...Object.fromEntries(given) };
}

export function commandGroup(name: string, summary: string, members: CommandGroup["members"]): CommandGroup {
  return { ...defineCommand({ meta: { name, description: summary }, subCommands: members }), kind: "group", summary, members };
}
