import type { Invoke } from "#hub/kernel/client.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import type { JsonSchema } from "../json-schema.ts";
import { isRecord } from "../output/json.ts";
import { namesIn, readNames } from "./known-names.ts";

/** Names that only a hub knows. */
export interface NameSource {
  /** Name and description of everything an operation lists. */
  names(operation: string): Promise<Readonly<Record<string, string>>>;
  toolSchema(id: string): Promise<JsonSchema | undefined>;
}

/** Longer than this a person presses the key again. */
const patienceMs = 400;

/** Asks the hub that runs, if one does; otherwise what was seen last. It starts nothing. */
export function nameSource(runtime: Runtime, connectRunning: () => Promise<Invoke | undefined>): NameSource {
  let running: Promise<Invoke | undefined> | undefined;
  const ask = async (operation: string, input: unknown): Promise<unknown> => {
    running ??= connectRunning().catch(() => undefined);
    const enough = new AbortController();
    using _ = runtime.clock.after(patienceMs, () => enough.abort());
    return (await running)?.(operation, input, { signal: enough.signal }).catch(() => undefined);
  };
  return {
    async names(operation) {
      const live = await ask(operation, { limit: 1000 });
      if (isRecord(live) && Array.isArray(live["items"])) return namesIn(operation, live["items"]);
      return (await readNames(runtime)).lists[operation] ?? {};
    },
    async toolSchema(id) {
      const live = await ask("tools.show", { id });
      if (isRecord(live) && isRecord(live["inputSchema"])) return live["inputSchema"];
      return (await readNames(runtime)).schemas.find((known) => known.id === id)?.schema;
    },
  };
}
