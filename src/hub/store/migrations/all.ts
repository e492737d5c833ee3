import { init } from "./m0001-init.ts";
import { marketplace } from "./m0002-marketplace.ts";
import { toolStats } from "./m0003-tool-stats.ts";
import type { Migration } from "./migration.ts";

/** In the order they run. Released ones are never edited or removed; imported statically, as one binary has no folder to scan. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-init": init,
  "0002-marketplace": marketplace,
  "0003-tool-stats": toolStats,
};
