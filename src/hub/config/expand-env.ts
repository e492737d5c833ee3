import { failed, fillIn, type Filled, type Scope, type Unresolved } from "./fill-in.ts";
import { plainText } from "./hub-env.ts";

export interface EnvScope extends Omit<Scope, "report"> {
  readonly report: (field: string, unresolved: Unresolved) => void;
}

/**
 * Fills in a server's `env`. Entries see each other in whatever order they stand; an entry that names itself means the
 * variable outside, so `PATH: "${PATH}:/x"` appends.
 */
export async function expandEnv(written: Readonly<Record<string, unknown>>, outer: EnvScope): Promise<ReadonlyMap<string, Filled>> {
  const done = new Map<string, Filled>();

  const valueOf = async (key: string, path: readonly string[]): Promise<Filled> => {
    const known = done.get(key);
    if (known !== undefined) return known;
    const value = await entry(key, [...path, key]);
    done.set(key, value);
    return value;
  };

  const entry = async (key: string, path: readonly string[]): Promise<Filled> => {
    const report = (unresolved: Unresolved) => outer.report(`env.${key}`, unresolved);
    const raw = written[key];
    if (raw === null || raw === "") {
      const value = await outer.variable(key);
      if (value === undefined) report({ name: key, reason: `it takes ${key} from the hub's environment, where that is not set` });
      return value ?? failed;
    }
    if (typeof raw !== "string") return plainText(raw);
    const variable = async (name: string) => {
      if (name === key || !Object.hasOwn(written, name)) return outer.variable(name);
      if (!path.includes(name)) return valueOf(name, path);
      const circle = [...path.slice(path.indexOf(name)), name].join(" → ");
      report({ name, reason: `env entries refer to each other in a circle: ${circle}`, hint: "Break the circle" });
      return failed;
    };
    return fillIn(raw, { run: outer.run, variable, report });
  };

  for (const key of Object.keys(written)) await valueOf(key, []);
  return done;
}
