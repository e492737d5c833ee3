import type { Audit } from "./audit.ts";

declare module "#hub/kernel/operation.ts" {
  interface Areas {
    readonly audit: Audit;
  }
}
