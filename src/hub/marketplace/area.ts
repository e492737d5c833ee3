import type { Marketplace } from "./marketplace.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly marketplace: Marketplace;
  }
}
