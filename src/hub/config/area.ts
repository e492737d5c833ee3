import type { ConfigKeeper } from "./keeper.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly config: ConfigKeeper;
  }
}
