import type { HubStatus, Restarted } from "./schema.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly status: () => HubStatus;
    readonly restart: () => Promise<Restarted>;
  }
}
