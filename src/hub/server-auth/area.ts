import type { ServerAuth } from "./server-auth.ts";

declare module "../kernel/operation.ts" {
  interface Areas {
    readonly serverAuth: ServerAuth;
    /** Opens an address in the browser of the person at the hub's machine; false where there is none. */
    readonly openBrowser: (url: string) => Promise<boolean>;
  }
}
