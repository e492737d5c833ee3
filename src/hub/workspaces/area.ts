import type { Workspaces } from "./workspaces.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly workspaces: Pick<Workspaces, "entries" | "current">;
  }
}
