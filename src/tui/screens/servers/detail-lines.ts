import type { ServerDetail, ServerLogLine, ServerSummary } from "#hub/servers/schema.ts";
import type { ToolSummary } from "#hub/catalog/schema.ts";
import { cell, cut, fit, wrap } from "#tui/text/cell.ts";
import { ago, clockTime, duration, plural } from "#tui/text/quantity.ts";
import type { Theme } from "#tui/theme.ts";
import { stateText } from "./server-look.ts";

/** What lines are written for. */
export interface Sheet {
  readonly theme: Theme;
  readonly columns: number;
  readonly now: number;
}

const label = (theme: Theme, text: string) => theme.muted(fit(text, 9));

/** The state of a server, and why it is so, before anything else. */
export function headLines(server: ServerSummary, sheet: Sheet): string[] {
  const { theme, now } = sheet;
  const facts = [
    `${stateText(theme, server.state)} ${theme.muted(ago(server.since, now))}`,
    server.restarts > 0 && plural(server.restarts, "restart"),
    server.nextRetryAt && `next try in ${duration(Math.max(0, server.nextRetryAt - now))}`,
    server.pid && `pid ${server.pid}`,
  ].filter(Boolean);
  const lines = [facts.join(` ${theme.muted(theme.glyph.dot)} `)];
  if (server.error) lines.push(...labelled(sheet, "Why", { text: server.error, paint: theme.bad }));
  if (server.hint) lines.push(...labelled(sheet, "Fix", { text: server.hint }));
  if (server.error) lines.push(`${label(theme, server.hint ? "" : "Fix")}${theme.accent("R")} restart   ${theme.accent("L")} logs`);
  return lines;
}

export function overviewLines(server: ServerSummary, detail: ServerDetail | undefined, sheet: Sheet): string[] {
  const { theme, columns } = sheet;
  const { counts, serverInfo } = server;
  const lines = [
    ...labelled(sheet, "Server", {
      text: serverInfo ? `${serverInfo.title ?? serverInfo.name} ${serverInfo.version}` : theme.muted("not connected yet"),
    }),
    `${label(theme, "Speaks")}${server.transport}${server.protocolVersion ? `, MCP ${cell(server.protocolVersion)}` : ""}`,
    `${label(theme, "Offers")}${plural(counts.tools, "tool")}, ${plural(counts.resources, "resource")}, ${plural(counts.prompts, "prompt")}${server.stale ? theme.warn("  (as of an earlier connection)") : ""}`,
  ];
  if (detail) {
    const { calls } = detail;
    const speed = calls.p50Ms === undefined ? "" : `   p50 ${duration(calls.p50Ms)}   p95 ${duration(calls.p95Ms ?? calls.p50Ms)}`;
    lines.push(`${label(theme, "Calls")}${calls.total}${calls.failed ? theme.bad(`   ${calls.failed} failed`) : ""}${speed}`);
  }
  if (server.description) lines.push("", ...wrap(server.description, columns));
  if (detail?.instructions) lines.push("", theme.muted("Instructions"), ...wrap(detail.instructions, columns));
  return lines;
}

export const toolLines = (theme: Theme, tools: readonly ToolSummary[], columns: number): string[] =>
  tools.flatMap((tool) => [
    cut(theme.strong(cell(tool.id.slice(tool.source.length + 1))), columns),
    cut(theme.muted(`  ${cell(tool.description ?? "")}`), columns),
  ]);

export const logLines = (theme: Theme, lines: readonly ServerLogLine[]): string[] =>
  lines.map(
    ({ at, stream, text }) =>
      `${theme.muted(clockTime(at, true))} ${stream === "hub" ? theme.accent(fit(stream, 6)) : theme.muted(fit(stream, 6))} ${/\berror\b/i.test(text) ? theme.bad(cell(text)) : cell(text)}`,
  );

export function configLines(detail: ServerDetail, sheet: Sheet): string[] {
  return [
    ...labelled(sheet, "From", { text: detail.configSource }),
    ...(detail.command ? labelled(sheet, "Command", { text: detail.command.map(quoted).join(" ") }) : []),
    ...(detail.url ? labelled(sheet, "URL", { text: detail.url }) : []),
  ];
}

const quoted = (word: string) => (/^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

interface Labelled {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

function labelled({ theme, columns }: Sheet, name: string, { text, paint = (plain) => plain }: Labelled): string[] {
  return wrap(text, columns - 9).map((line, i) => `${label(theme, i === 0 ? name : "")}${paint(line)}`);
}
