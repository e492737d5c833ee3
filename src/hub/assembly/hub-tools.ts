import { HubError } from "../kernel/errors.ts";
import manifest from "../operations.gen.json";
import { adminMark } from "../builtin/hub-source.ts";
import type { ToolDefinition } from "../servers/capabilities.ts";

/** `hub.status` is a tool of the source `hub` already; an operation of another area keeps its area: `hub.servers.restart`. */
const toolOf = (operation: string) => operation.replace(/^hub\./, "");

/** What a person decides, such as which programs to install, a model is not offered: it would consent to its own plan. */
const isForPeople = ({ scope }: { readonly scope: string }) => scope.endsWith(":admin");

const operationOf = new Map(manifest.filter((entry) => !isForPeople(entry)).map(({ name }) => [toolOf(name), name]));

/** The operation behind a tool of the source `hub`. */
export function operationBehind(tool: string): string {
  const operation = operationOf.get(tool);
  if (operation !== undefined) return operation;
  throw new HubError("NOT_FOUND", `The hub has no tool ${tool}`);
}

/** The other operations as tools of the source `hub`; clients may administer the hub as far as their scopes go. */
export function operationTools(): ToolDefinition[] {
  return manifest
    .filter((entry) => !isForPeople(entry))
    .map(({ name, summary, input, annotations }) => ({
      name: toolOf(name),
      description: summary,
      inputSchema: input as Record<string, unknown>,
      annotations: annotations as Record<string, unknown> | undefined,
      _meta: { [adminMark]: true },
    }));
}
