import type { Ledger } from "./ledger.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly ledger: Ledger;
  }
}
