import { z } from "zod";
import { defineOperation, type Context } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import { pageBy } from "./page.ts";
import { ResourceContents, ResourceSummary, ResourceTemplateSummary } from "./schema.ts";

const from = { source: z.string().optional().describe("Only those of this source") };

const byShown = ({ source, shown }: { source: string; shown: string }) => `${source}\u0000${shown}`;

export const list = defineOperation({
  summary: "List the resources of all servers",
  http: "GET /resources",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({ ...from, ...pageInput }),
  output: pageOf(ResourceSummary),
  async run({ source, limit, cursor }, context) {
    await context.settle(source === undefined ? "all" : [source], context.signal);
    const rows = context.catalog
      .snapshot()
      .resources.resources.filter((resource) => wanted(context, resource.source.id, source))
      .map(({ shown, definition, source: { id } }) => ({ ...definition, uri: shown, shown, source: id }));
    return pageBy(sorted(rows), { limit, cursor, key: byShown, show: ({ shown: _, ...row }) => row });
  },
});

export const templates = defineOperation({
  summary: "List the resource templates of all servers",
  http: "GET /resources/templates",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({ ...from, ...pageInput }),
  output: pageOf(ResourceTemplateSummary),
  async run({ source, limit, cursor }, context) {
    await context.settle(source === undefined ? "all" : [source], context.signal);
    const rows = context.catalog
      .snapshot()
      .resources.templates.filter((template) => wanted(context, template.source.id, source))
      .map(({ shown, definition, source: { id } }) => ({ ...definition, uriTemplate: shown, shown, source: id }));
    return pageBy(sorted(rows), { limit, cursor, key: byShown, show: ({ shown: _, ...row }) => row });
  },
});

export const read = defineOperation({
  summary: "Read a resource",
  http: "POST /resources/read",
  scope: "tools:call",
  audit: "none",
  positional: ["uri"],
  annotations: { readOnlyHint: true },
  input: z.object({ uri: z.string().min(1).describe("URI, as `hubctl resources list` shows it"), ...from }),
  output: ResourceContents,
  async run({ uri, source }, context) {
    const { catalog, pipeline, principal, signal, progress, door } = context;
    if (source !== undefined || !catalog.snapshot().resources.route(uri))
      await context.settle(source === undefined ? "all" : [source], signal);
    const result = await pipeline.readResource(
      uri,
      { principal, door, signal, onProgress: progress },
      source === undefined ? undefined : catalog.source(source),
    );
    return result as z.input<typeof ResourceContents>;
  },
});

function wanted({ principal, catalog, pipeline }: Context, id: string, only: string | undefined): boolean {
  const source = catalog.source(id);
  return source !== undefined && (only === undefined || only === id) && pipeline.mayRead(principal, source);
}

const sorted = <T extends { source: string; shown: string }>(rows: readonly T[]) =>
  rows.toSorted((a, b) => (byShown(a) < byShown(b) ? -1 : 1));
