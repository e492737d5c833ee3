import type { ToolDetail, ToolSummary } from "#hub/catalog/schema.ts";
import type { Searchable } from "#tui/filter/match-filter.ts";
import { cell, cut, fit, wrap } from "#tui/text/cell.ts";
import type { Theme } from "#tui/theme.ts";
import type { Column } from "#tui/widgets/table/columns.ts";

export function toolColumns(theme: Theme): readonly Column<ToolSummary>[] {
  return [
    {
      id: "tool",
      title: "TOOL",
      width: 26,
      grow: 2,
      priority: 0,
      text: (tool) => (tool.available ? cell(tool.id) : theme.muted(cell(tool.id))),
      order: (tool) => tool.id,
    },
    { id: "source", title: "SOURCE", width: 10, priority: 2, text: (tool) => theme.muted(cell(tool.source)), order: (tool) => tool.source },
    {
      id: "description",
      title: "DESCRIPTION",
      width: 20,
      grow: 3,
      priority: 3,
      text: (tool) => (tool.available ? "" : theme.warn("unavailable  ")) + theme.muted(cell(tool.description ?? tool.title ?? "")),
    },
  ];
}

export const searchTool = (tool: ToolSummary): Searchable => ({
  text: `${tool.id} ${tool.title ?? ""} ${tool.description ?? ""}`.toLowerCase(),
  fields: { name: tool.id, tool: tool.id, source: tool.source, server: tool.source, available: String(tool.available) },
});

/** What a tool does, what its annotations promise, and the arguments it takes. */
export function toolDetailLines(
  tool: ToolSummary,
  detail: ToolDetail | undefined,
  { theme, columns }: { readonly theme: Theme; readonly columns: number },
): string[] {
  const hints = Object.entries(tool.annotations ?? {}).filter(([key, value]) => key.endsWith("Hint") && typeof value === "boolean");
  const promises = hints.map(
    ([key, value]) => `${key.slice(0, -"Hint".length)}: ${value === true ? (key === "destructiveHint" ? theme.warn("yes") : "yes") : "no"}`,
  );
  const lines = [
    ...wrap(tool.description ?? tool.title ?? "no description", columns),
    "",
    `${theme.muted("Source ")} ${cell(tool.source)}${tool.available ? "" : theme.warn("  unavailable")}`,
    `${theme.muted("On MCP ")} ${cell(tool.wireName)}`,
  ];
  if (promises.length) lines.push(`${theme.muted("Hints  ")} ${promises.join("   ")}`);
  if (detail) lines.push("", theme.muted("Arguments"), ...argumentLines(theme, detail.inputSchema, columns));
  return lines;
}

function argumentLines(theme: Theme, schema: Record<string, unknown>, columns: number): string[] {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Record<string, unknown>>);
  const required = new Set((schema["required"] ?? []) as string[]);
  if (properties.length === 0) return [theme.muted("  none")];
  return properties.map(([name, property]) => {
    const type = property["type"] ?? (property["enum"] ? "enum" : property["anyOf"] || property["oneOf"] ? "one of" : "any");
    const text = `${required.has(name) ? theme.accent("*") : " "} ${fit(cell(name), 18)} ${theme.muted(fit(cell(String(type)), 9))} ${theme.muted(cell(String(property["description"] ?? "")))}`;
    return cut(text, columns);
  });
}
