import type { Pipeline } from "./pipeline.ts";
import type { Catalog } from "./catalog.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly catalog: Catalog;
    readonly pipeline: Pipeline;
    /** Waits for servers nobody has lists of yet, where the hub lives inside a command; a running hub answers with what it knows. */
    readonly settle: (sources: readonly string[] | "all", signal: AbortSignal) => Promise<void>;
  }
}
