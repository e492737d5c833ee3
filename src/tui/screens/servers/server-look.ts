import type { ServerState, ServerSummary } from "#hub/servers/schema.ts";
import { cell } from "#tui/text/cell.ts";
import { duration } from "#tui/text/quantity.ts";
import type { Theme } from "#tui/theme.ts";
import type { Column } from "#tui/widgets/table/columns.ts";
import type { Searchable } from "#tui/filter/match-filter.ts";

const looks = {
  failed: { word: "failed", glyph: "failed", paint: "bad", rank: 0 },
  backing_off: { word: "retrying", glyph: "warning", paint: "warn", rank: 1 },
  degraded: { word: "degraded", glyph: "warning", paint: "warn", rank: 2 },
  authorizing: { word: "auth", glyph: "attention", paint: "warn", rank: 3 },
  starting: { word: "starting", glyph: "starting", paint: "accent", rank: 4 },
  ready: { word: "running", glyph: "running", paint: "ok", rank: 5 },
  stopped: { word: "stopped", glyph: "stopped", paint: "muted", rank: 6 },
  disabled: { word: "disabled", glyph: "stopped", paint: "muted", rank: 7 },
} as const satisfies Record<
  ServerState,
  { word: string; glyph: keyof Theme["glyph"]; paint: "bad" | "warn" | "accent" | "ok" | "muted"; rank: number }
>;

/** A state as a word with its mark: colour only underlines what the word says. */
export function stateText(theme: Theme, state: ServerState): string {
  const { word, glyph, paint } = looks[state];
  return theme[paint](`${theme.glyph[glyph]} ${word}`);
}

const isProblem = ({ state }: ServerSummary): boolean =>
  state === "failed" || state === "backing_off" || state === "degraded" || state === "authorizing";

/** Those that may need somebody, the worst first, then the latest. */
export const problemsOf = (servers: readonly ServerSummary[]): readonly ServerSummary[] =>
  servers.filter(isProblem).toSorted((a, b) => severity(a) - severity(b) || b.since - a.since);

/** How bad it is, the worst first. */
const severity = ({ state }: ServerSummary): number => looks[state].rank;

export const searchServer = (server: ServerSummary): Searchable => ({
  text: `${server.name} ${server.title} ${looks[server.state].word} ${server.transport} ${server.error ?? ""}`.toLowerCase(),
  fields: {
    name: server.name,
    status: `${looks[server.state].word} ${server.state}`,
    transport: server.transport,
    tools: server.counts.tools,
    restarts: server.restarts,
    error: server.error,
  },
});

/** What a server is worth saying in one line: why it is not well, or how long it has been. */
export function remark(theme: Theme, server: ServerSummary, now: number): string {
  if (server.error) return theme.bad(cell(server.error));
  if (server.state === "authorizing") return theme.warn("waiting for sign-in");
  if (server.state === "starting") return theme.muted(`since ${duration(now - server.since)}`);
  return theme.muted(cell(server.description));
}

export function serverColumns(theme: Theme, now: number): readonly Column<ServerSummary>[] {
  const none = theme.muted(theme.glyph.none);
  return [
    {
      id: "name",
      title: "NAME",
      width: 18,
      grow: 2,
      priority: 0,
      text: (server) => cell(server.name),
      order: (server) => server.name.toLowerCase(),
    },
    { id: "status", title: "STATUS", width: 10, priority: 0, text: (server) => stateText(theme, server.state), order: severity },
    { id: "transport", title: "TR", width: 5, priority: 3, text: (server) => server.transport, order: (server) => server.transport },
    {
      id: "tools",
      title: "TOOLS",
      width: 6,
      align: "right",
      priority: 2,
      text: (server) => (server.counts.tools > 0 || server.state === "ready" ? String(server.counts.tools) : none),
      order: (server) => server.counts.tools,
    },
    {
      id: "for",
      title: "FOR",
      width: 6,
      align: "right",
      priority: 4,
      text: (server) => duration(Math.max(0, now - server.since)).replace(/^\d+ms$/, "now"),
      order: (server) => -server.since,
    },
    { id: "remark", title: "", width: 12, grow: 3, priority: 5, text: (server) => remark(theme, server, now) },
  ];
}
