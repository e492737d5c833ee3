import type { HubStatus } from "./schema.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly status: () => HubStatus;
  }
}
