import type { z } from "zod";
import type { HubError } from "../kernel/errors.ts";
import type { ConfigDiff } from "./diff.ts";
import type { applied, changed, rejected } from "./events.ts";
import type { Config } from "./layers.ts";
import { problemsOf } from "./problem.ts";

/** What `config.changed` says: which servers, and which of their fields, never their values. */
export function changedData({ files }: Pick<Config, "files">, diff: ConfigDiff): z.input<typeof changed.data> {
  const present = files.filter(({ state }) => state === "read").map(({ path }) => path);
  const fields = Object.entries(diff.details).map(([name, { modifiedFields }]): [string, string[]] => [name, [...modifiedFields]]);
  return { ...appliedData(diff), fields: Object.fromEntries(fields), files: present };
}

export function appliedData({ added, removed, modified, unchanged }: ConfigDiff): z.input<typeof applied.data> {
  return { added: [...added], removed: [...removed], modified: [...modified], unchanged: [...unchanged] };
}

/** What `config.rejected` says of the error that kept a configuration out. */
export function rejectedData(error: HubError): z.input<typeof rejected.data> {
  const first = problemsOf(error)[0];
  return { message: error.message, file: first?.file, line: first?.line };
}
