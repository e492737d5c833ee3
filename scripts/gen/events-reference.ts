import { z } from "zod";
import { describeType, type JsonSchema } from "#cli/json-schema.ts";
import { namesOf } from "#hub/event-log/event-names.ts";
import { events } from "#hub/events.ts";
import type { EventDefinition } from "#hub/kernel/event.ts";
import { code, page, table, type Generator } from "./generated.ts";

/** `docs/reference/events.md`: everything that can happen, and what is told of it. */
export const eventsReference: Generator = () => {
  const about =
    "Every event has an envelope `{ id, type, v, level, at, tenant, data }`: `id` grows by time and is what `Last-Event-ID` takes, `v` " +
    "grows when a field changes its meaning, `at` is epoch milliseconds. A field may be added at any time.";
  const all = [...namesOf(events)];
  const overview = table(
    ["event", "level", "what has happened"],
    all.map(([{ level, summary }, name]) => [code(name), level, summary]),
  );
  return [{ path: "docs/reference/events.md", text: page("Events", about, overview, ...all.map(([event, name]) => section(name, event))) }];
};

function section(name: string, { version, level, summary, data }: EventDefinition): string {
  const schema = z.toJSONSchema(data) as JsonSchema;
  const rows = Object.entries(schema.properties ?? {}).map(([key, field]) => [
    code(key),
    code(describeType(field, schema)),
    schema.required?.includes(key) ? "always" : "",
    field.description ?? "",
  ]);
  const fields = rows.length > 0 ? table(["data", "type", "there", "what it is"], rows) : "It has no data.";
  return [`## ${name}`, `${summary}. Version ${version}, level ${level}.`, fields].join("\n\n");
}
