import { isRecord } from "./json.ts";
import type { Row } from "./table.ts";

/** Columns of the lists people read most; of any other list, the fields that are no objects. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  "servers.list": ["name", "state", "transport", "counts.tools", "restarts", "since", "error"],
  "servers.logs": ["at", "stream", "text"],
  "tools.list": ["id", "available", "description"],
  "tools.search": ["id", "available", "description"],
  "resources.list": ["uri", "source", "name"],
  "resources.templates": ["uriTemplate", "source", "name"],
  "prompts.list": ["id", "source", "description"],
  "marketplace.search": ["name", "version", "ways", "publisher", "description"],
  "marketplace.installed": ["server", "name", "package.version", "state", "status", "update", "tools"],
  "stats.tools": ["id", "calls", "errors", "p50Ms", "p95Ms", "resultChars", "schemaTokens", "lastUsedAt"],
  "events.list": ["id", "at", "level", "type", "data"],
};

export function tableColumns(operation: string, rows: readonly Row[]): readonly string[] {
  return chosen[operation] ?? plainFields(rows);
}

/** In the order they first appear. */
function plainFields(rows: readonly Row[]): string[] {
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...keys].filter((key) => rows.some((row) => row[key] !== undefined && !isRecord(row[key])));
}
