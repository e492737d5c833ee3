import type { EventBus } from "./event-bus.ts";

declare module "#hub/kernel/operation.ts" {
  interface Areas {
    readonly events: EventBus;
  }
}
