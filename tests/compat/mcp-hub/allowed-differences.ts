import type { AllowedDifference } from "./comparison.ts";

export const allowedDifferences: readonly AllowedDifference[] = [
  {
    where: /^(malformed JSON|a scalar for a body|an unknown path|a wrong method)$/,
    what: /^(type text\/html → application\/json|code undefined → VALIDATION_ERROR|status 404 → 405)$/,
    why: "Errors that mcp-hub answers as HTML pages are JSON here",
  },
  {
    where: /^call a tool with a list$/,
    what: /^(\.code number → string|\.data\.originalError object → absent|code -32602 → TOOL_ERROR)$/,
    why: "Arguments that do not fit the tool's schema are a `TOOL_ERROR` of the hub before the server is asked",
  },
  { where: /^an array for a body$/, what: /^\.data\./, why: "A body that is no object is said to be none" },
  { where: /^a body of 200 KiB$/, what: /^(status 413 → 200|type )/, why: "Bodies may have 4 MiB instead of 100 KiB" },
  {
    where: /^(stop and disable|stop what is disabled|refresh what is disabled|refresh all|start what is disabled)$/,
    what: /\.lastStarted .*string/,
    why: "`lastStarted` of a disabled server says since when it is disabled",
  },
  {
    where: /^subscription_event servers_updat/,
    what: /^\[\]\.changes\.details\.\w+\.(old|new)Values\./,
    why: "`changes.details` names the fields that changed without their values, which may be secrets",
  },
  {
    where: /^subscription_event servers_updated$/,
    what: /^\[\]\.changes\.modified\[\] null\|string → string$/,
    why: "No event is sent for a request that names no server",
  },
];
