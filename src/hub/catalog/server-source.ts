import { defaultTenant } from "../kernel/principal.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Capabilities, ListName } from "../servers/capabilities.ts";
import type { ServerEntry } from "../servers/endpoint.ts";
import type { Supervisor } from "../servers/supervisor.ts";
import type { Source } from "./source.ts";
import { taskEraOf } from "./tasks.ts";
import { wholeCall } from "./whole-call.ts";

const nothing = { tools: [], resources: [], resourceTemplates: [], prompts: [] };

/** A server as a source: its lists without what the configuration hides, its requests through its supervisor. */
export function serverSource(server: Supervisor, clock: Clock): Source {
  let seen: { readonly capabilities: Capabilities; readonly entry: ServerEntry } | undefined;
  let offered: Pick<Source, "tools" | "resources" | "resourceTemplates" | "prompts"> | undefined;
  const offer = () => {
    // What somebody switched off is not offered; what is down for a moment is, so that lists stay as they are.
    if (server.status.state === "disabled" || (server.status.state === "stopped" && !server.available)) return nothing;
    const { capabilities, entry } = server;
    if (offered && seen?.capabilities === capabilities && seen.entry === entry) return offered;
    seen = { capabilities, entry };
    const { filter } = entry;
    offered = {
      tools: capabilities.tools.filter(({ name }) => filter.tool(name)),
      resources: capabilities.resources.filter(({ uri }) => filter.resource(uri)),
      resourceTemplates: capabilities.resourceTemplates.filter(({ uriTemplate }) => filter.resourceTemplate(uriTemplate)),
      prompts: capabilities.prompts.filter(({ name }) => filter.prompt(name)),
    };
    return offered;
  };
  return {
    id: server.entry.name,
    tenant: defaultTenant,
    kind: "server",
    get title() {
      return server.entry.title;
    },
    get description() {
      return server.entry.description;
    },
    get instructions() {
      return server.capabilities.instructions;
    },
    get available() {
      return server.available;
    },
    get tools() {
      return offer().tools;
    },
    get resources() {
      return offer().resources;
    },
    get resourceTemplates() {
      return offer().resourceTemplates;
    },
    get prompts() {
      return offer().prompts;
    },
    // Without word of changes the hub's own copy may be out of date, so nobody is told that it may be kept.
    caching: (list) => (server.available && tellsChanges(server.capabilities, list) ? server.capabilities.caching[list] : undefined),
    get tasks() {
      return taskEraOf(server.capabilities);
    },
    request(method, params, call) {
      const tasks = taskEraOf(server.capabilities);
      return method !== "tools/call" || tasks === undefined || tasks === call.takesTask
        ? server.request(method, params, call)
        : wholeCall(params, call, { tasks, clock, server });
    },
    watch: (uris) => server.watch(uris),
  };
}

const tellsChanges = ({ declared }: Capabilities, list: ListName): boolean => {
  const declaredAs = list === "resourceTemplates" ? "resources" : list;
  return (declared[declaredAs] as { listChanged?: unknown } | undefined)?.listChanged === true;
};
