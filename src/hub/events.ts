import * as catalog from "./catalog/events.ts";
import * as config from "./config/events.ts";
import * as marketplace from "./marketplace/events.ts";
import * as serverAuth from "./server-auth/events.ts";
import * as servers from "./servers/events.ts";
import * as hub from "./status/events.ts";
import * as workspaces from "./workspaces/events.ts";

/** Everything that can happen, by area; an event's name is `<area>.<export name in snake case>`. */
export const events = { hub, servers: { ...servers, ...serverAuth }, catalog, config, marketplace, workspaces };
