import type { ServerDetail } from "./schema.ts";
import type { Servers } from "./servers.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly servers: Servers;
    /** What the calls to a source looked like since the hub started. */
    readonly callStats: (source: string) => ServerDetail["calls"];
  }
}
