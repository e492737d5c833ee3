import { basename } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";
import type { HubEnv } from "./hub-env.ts";
import type { InputDefinition } from "./schema.ts";

/** The value of a variable, undefined when there is none. */
export type Lookup = (name: string) => string | undefined;

/** The variables every server sees: predefined, then the hub's environment, then `MCP_HUB_ENV`; the later one wins. */
export function hubVariables({ env, host }: Pick<Runtime, "env" | "host">, hubEnv: HubEnv): Lookup {
  const separator = host.platform === "win32" ? "\\" : "/";
  const predefined = {
    workspaceFolder: host.cwd,
    cwd: host.cwd,
    workspaceFolderBasename: basename(host.cwd),
    userHome: host.home,
    pathSeparator: separator,
    "/": separator,
  };
  const layers = [own(hubEnv.values), own(env), own(predefined)];
  return (name) => layers.map((layer) => layer(name)).find((value) => value !== undefined);
}

/** Looks among the object's own keys, so that `${constructor}` is not a variable. */
const own =
  (values: Readonly<Record<string, string | undefined>>): Lookup =>
  (name) =>
    Object.hasOwn(values, name) ? values[name] : undefined;

export interface InputSources {
  readonly runtime: Pick<Runtime, "env">;
  readonly inputs: readonly InputDefinition[];
  /** Asks a person, or whoever keeps the values. */
  readonly input?: (id: string) => Promise<string | undefined>;
}

/** The value of `${input:id}` where no variable has that very name. */
export async function inputValue(id: string, { runtime, inputs, input }: InputSources): Promise<string | undefined> {
  return own(runtime.env)(inputVariable(id)) ?? (await input?.(id)) ?? inputs.find((definition) => definition.id === id)?.default;
}

/** The environment variable that sets an input. */
export const inputVariable = (id: string): string => `HUBCTL_INPUT_${id.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
