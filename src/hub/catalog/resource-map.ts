import { UriTemplate } from "@modelcontextprotocol/server";
import type { ResourceDefinition, ResourceTemplateDefinition } from "../servers/capabilities.ts";
import type { Source } from "./source.ts";

/** Where a URI leads: the source, and the URI as that source knows it. */
export interface ResourceRoute {
  readonly source: Source;
  readonly uri: string;
}

export interface CatalogResource extends ResourceRoute {
  /** As clients of the hub see it. */
  readonly shown: string;
  readonly definition: ResourceDefinition;
}

export interface CatalogTemplate {
  readonly source: Source;
  readonly uriTemplate: string;
  readonly shown: string;
  readonly definition: ResourceTemplateDefinition;
}

export interface ResourceMap {
  readonly resources: readonly CatalogResource[];
  readonly templates: readonly CatalogTemplate[];
  /** Exact resources first, then templates, then a source that is the only one to have resources. */
  route(uri: string): ResourceRoute | undefined;
}

/** Two servers may list one URI: the first by name keeps it, the others' get `mcp+<server>:` before them. */
const alias = (source: Source, uri: string) => `mcp+${source.id.replace(/[^A-Za-z0-9.-]/g, "-")}:${uri}`;

export function mapResources(ordered: readonly Source[]): ResourceMap {
  const resources = share(
    ordered,
    (source) => source.resources,
    ({ uri }) => uri,
  ).map((shared): CatalogResource => ({ ...shared, uri: shared.definition.uri }));
  const templates = share(
    ordered,
    (source) => source.resourceTemplates,
    ({ uriTemplate }) => uriTemplate,
  ).map((shared): CatalogTemplate => ({ ...shared, uriTemplate: shared.definition.uriTemplate }));
  const exact = new Map(resources.map((resource) => [resource.shown, resource]));
  const withResources = ordered.filter((source) => source.resources.length > 0 || source.resourceTemplates.length > 0);
  return {
    resources,
    templates,
    route(uri) {
      const listed = exact.get(uri);
      if (listed) return listed;
      for (const source of ordered) {
        const prefix = alias(source, "");
        if (uri.startsWith(prefix)) return { source, uri: uri.slice(prefix.length) };
      }
      const template = templates.find(({ uriTemplate }) => matches(uriTemplate, uri));
      if (template) return { source: template.source, uri };
      const [only, ...others] = withResources;
      return only && others.length === 0 ? { source: only, uri } : undefined;
    },
  };
}

/** Gives every definition the URI that clients see, none of them twice. */
function share<D>(ordered: readonly Source[], of: (source: Source) => readonly D[], uriOf: (definition: D) => string) {
  const taken = new Set<string>();
  return ordered.flatMap((source) =>
    of(source).flatMap((definition) => {
      const uri = uriOf(definition);
      const shown = taken.has(uri) ? alias(source, uri) : uri;
      if (taken.has(shown)) return [];
      taken.add(shown);
      return [{ source, shown, definition }];
    }),
  );
}

/** A template that cannot be parsed matches nothing. */
function matches(uriTemplate: string, uri: string): boolean {
  try {
    return new UriTemplate(uriTemplate).match(uri) !== null;
  } catch {
    return false;
  }
}
