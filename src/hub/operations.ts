import * as audit from "./audit/operations.ts";
import * as prompts from "./catalog/prompt-operations.ts";
import * as resources from "./catalog/resource-operations.ts";
import * as tools from "./catalog/tool-operations.ts";
import * as config from "./config/operations.ts";
import * as events from "./event-log/operations.ts";
import * as marketplace from "./marketplace/operations.ts";
import * as serverAuth from "./server-auth/operations.ts";
import * as servers from "./servers/operations.ts";
import * as stats from "./stats/operations.ts";
import * as hub from "./status/operations.ts";
import * as workspaces from "./workspaces/operations.ts";

/** Everything a user can ask of the hub, by area; REST, CLI, OpenAPI, MCP tools and docs follow from it. */
export const operations = {
  hub,
  servers: { ...servers, ...serverAuth },
  tools,
  resources,
  prompts,
  config,
  workspaces,
  marketplace,
  events,
  stats,
  audit,
};
export type Operations = typeof operations;
