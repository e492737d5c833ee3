import { HubError } from "#hub/kernel/errors.ts";
import type { EventLevel, HubEvent } from "#hub/kernel/event.ts";
import type { Clock } from "#hub/kernel/runtime.ts";
import type { ServerState, ServerSummary } from "#hub/servers/schema.ts";
import type { ToolDetail, ToolResult } from "#hub/catalog/schema.ts";
import type { Connection } from "#tui/connection.ts";
import { fixtureTools } from "./tui-fixture-tools.ts";

export interface FixtureHubOptions {
  readonly clock: Clock;
  /** Servers beside the named ones. */
  readonly moreServers?: number;
  readonly eventsPerSecond?: number;
}

export interface FixtureCall {
  readonly name: string;
  readonly input: unknown;
}

const named: readonly [name: string, state: ServerState, transport: ServerSummary["transport"], tools: number, error?: string][] = [
  ["github", "failed", "stdio", 41, "GITHUB_TOKEN is not set"],
  ["slack", "ready", "http", 3],
  ["linear", "ready", "http", 31],
  ["notion", "starting", "stdio", 0],
  ["sentry", "ready", "http", 12],
  ["stripe", "authorizing", "http", 0],
  ["postgres-prod", "ready", "stdio", 9],
  ["postgres-staging", "stopped", "stdio", 9],
  ["figma", "ready", "http", 18],
  ["gitea", "backing_off", "http", 6, "connect ECONNREFUSED 10.0.0.7:3000"],
  ["天気-サーバー", "ready", "http", 4],
  ["🚀-deploys👋🏽", "ready", "http", 7],
  ["hostile\u001b[2J\u001b]0;owned\u0007\u202ename", "ready", "http", 1],
  ["jira", "degraded", "sse", 22, "tools/list took 9 s"],
  ["filesystem", "ready", "stdio", 14],
  ["memory", "disabled", "stdio", 0],
];

/** A hub in memory for the interface to look at: its servers, its tools, and a stream of events whose rate can be set. */
export class FixtureHub implements Connection {
  readonly where = "socket";
  readonly calls: FixtureCall[] = [];
  readonly servers = new Map<string, ServerSummary>();
  readonly tools: readonly ToolDetail[] = fixtureTools;
  /** Answers of tool calls by id; without one a call echoes its arguments. */
  readonly results = new Map<string, (input: unknown, signal?: AbortSignal) => ToolResult | Promise<ToolResult>>();
  eventsPerSecond: number;
  isDown = false;
  /** How long `servers.restart` takes. */
  restartMs = 50;
  readonly #clock: Clock;
  readonly #listeners = new Set<{ push(event: HubEvent): void; end(): void }>();
  readonly #kept: HubEvent[] = [];
  #lastId = 0;
  #owed = 0;
  #emitted = 0;

  constructor({ clock, moreServers = 0, eventsPerSecond = 0 }: FixtureHubOptions) {
    this.#clock = clock;
    this.eventsPerSecond = eventsPerSecond;
    const since = clock.now() - 180_000;
    for (const [name, state, transport, tools, error] of named)
      this.servers.set(name, summary(name, state, { transport, tools, error, since }));
    for (let i = 0; i < moreServers; i++) {
      const name = `server-${String(i).padStart(5, "0")}`;
      this.servers.set(name, summary(name, "ready", { transport: i % 3 ? "http" : "stdio", tools: i % 40, since }));
    }
  }

  /** Emits at the set rate; the tick is short so that a thousand a second come evenly. */
  start(): Disposable {
    return this.#clock.every(20, () => {
      this.#owed += this.eventsPerSecond / 50;
      for (; this.#owed >= 1; this.#owed--) this.#emitNext();
    });
  }

  emit(type: string, level: EventLevel, data: unknown): void {
    const event: HubEvent = { id: ++this.#lastId, type, v: 1, level, at: this.#clock.now(), tenant: "default", data };
    this.#kept.push(event);
    if (this.#kept.length > 20_000) this.#kept.shift();
    for (const listener of this.#listeners) listener.push(event);
  }

  change(name: string, to: ServerState, error?: string): void {
    const server = this.servers.get(name)!;
    this.servers.set(name, { ...server, state: to, error, since: this.#clock.now() });
    this.emit("servers.state_changed", to === "failed" ? "error" : "info", { name, from: server.state, to, error });
  }

  /** Breaks every stream, and refuses new ones until `isDown` is false again. */
  goDown(): void {
    this.isDown = true;
    for (const listener of this.#listeners) listener.end();
  }

  readonly events: Connection["events"] = ({ after, signal }) => this.#stream(after, signal);

  readonly invoke: Connection["invoke"] = async (name, input, options) => {
    this.calls.push({ name, input });
    if (this.isDown) throw new HubError("UNAVAILABLE", "The hub does not answer");
    await this.#clock.sleep(1, options?.signal);
    const given = input as Record<string, string>;
    switch (name) {
      case "hub.status":
        return this.#status();
      case "servers.list":
        return page([...this.servers.values()], given, (server) => server.name);
      case "servers.get":
        return this.#detail(given["name"]!);
      case "servers.logs":
        return { items: logOf(given["name"]!, this.#clock.now()) };
      case "servers.start":
      case "servers.restart":
        return this.#restart(given["name"]!, options?.signal);
      case "servers.stop":
        this.change(given["name"]!, "stopped");
        return this.servers.get(given["name"]!);
      case "tools.list":
        return page(
          this.tools.filter(({ source }) => given["source"] === undefined || source === given["source"]),
          given,
          (tool) => tool.id,
        );
      case "tools.show":
        return this.tools.find(({ id }) => id === given["id"]);
      case "tools.call":
        return this.#call(input as { id: string; arguments: unknown }, options?.signal);
      default:
        throw new HubError("NOT_FOUND", `There is no operation ${name}`);
    }
  };

  #status() {
    const all = [...this.servers.values()];
    const ready = all.filter(({ state }) => state === "ready").length;
    const failed = all.filter(({ state }) => state === "failed").length;
    return {
      version: "0.9.2",
      pid: 4711,
      startedAt: this.#clock.now() - 273_600_000,
      state: "ready",
      url: "http://127.0.0.1:7420",
      rssBytes: 96_468_992,
      servers: { total: all.length, ready, failed },
      tools: this.tools.length,
      calls: { total: 18_412, failed: 128, p50Ms: 41, p95Ms: 180 },
    };
  }

  #detail(name: string) {
    const server = this.servers.get(name);
    if (!server) throw new HubError("NOT_FOUND", `There is no server ${name}`);
    return {
      ...server,
      configSource: "/home/ana/.config/hubctl/config.json5",
      command: ["npx", "-y", `@example/${name}@3`],
      calls: { total: 1204, failed: 3, p50Ms: 41, p95Ms: 180 },
    };
  }

  async #restart(name: string, signal?: AbortSignal) {
    this.change(name, "starting");
    await this.#clock.sleep(this.restartMs, signal);
    this.change(name, "ready");
    return this.servers.get(name);
  }

  async #call({ id, arguments: given }: { id: string; arguments: unknown }, signal?: AbortSignal): Promise<ToolResult> {
    await this.#clock.sleep(20, signal);
    const answer = await this.results.get(id)?.(given, signal);
    const result = answer ?? { content: [{ type: "text", text: "done" }], structuredContent: { ok: true, echo: given } };
    this.emit("catalog.called", result.isError ? "warn" : "info", call(id, 182, result.isError ? "TOOL_ERROR" : "OK"));
    return result;
  }

  #emitNext(): void {
    const n = this.#emitted++;
    const kinds: readonly (() => void)[] = [
      () => this.emit("catalog.called", "info", call("slack.messages.post", 120 + (n % 90))),
      () => this.emit("catalog.called", "info", call("figma.files.get", 900 + (n % 600))),
      () => this.emit("auth.refreshed", "warn", { name: "linear", reason: "token expires in 4 min" }),
      () => this.emit("servers.failed", "error", { name: "github", error: "GITHUB_TOKEN is not set" }),
      () => this.emit("memory.written", "info", { name: "acme/deploys", key: "last", size: n % 900 }),
    ];
    kinds[n % kinds.length]!();
  }

  async *#stream(after: number | undefined, signal: AbortSignal): AsyncGenerator<HubEvent> {
    if (this.isDown) throw new HubError("UNAVAILABLE", "The hub does not answer");
    let waiting: HubEvent[] = after === undefined ? [] : this.#kept.filter(({ id }) => id > after);
    let isOver = false;
    let wake = Promise.withResolvers<void>();
    const listener = {
      push: (event: HubEvent) => (waiting.push(event), wake.resolve()),
      end: () => ((isOver = true), wake.resolve()),
    };
    signal.addEventListener("abort", listener.end, { once: true });
    this.#listeners.add(listener);
    try {
      while (!isOver) {
        const batch = waiting;
        waiting = [];
        yield* batch;
        if (waiting.length === 0 && !isOver) await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}

const call = (target: string, ms: number, outcome = "OK") => ({
  kind: "tool",
  target,
  source: target.slice(0, target.indexOf(".")),
  door: "/mcp",
  principal: "local",
  outcome,
  ms,
});

interface SummaryOptions {
  readonly transport: ServerSummary["transport"];
  readonly tools: number;
  readonly error?: string;
  readonly since: number;
}

const summary = (name: string, state: ServerState, { transport, tools, error, since }: SummaryOptions): ServerSummary => ({
  name,
  title: name,
  description: `What ${name} is for`,
  transport,
  state,
  since,
  error,
  hint: error?.includes("GITHUB_TOKEN") ? "Set GITHUB_TOKEN in the server's env, then restart it" : undefined,
  restarts: state === "failed" ? 5 : 0,
  serverInfo: { name, version: "1.4.1" },
  protocolVersion: "2025-11-25",
  counts: { tools, resources: 2, resourceTemplates: 0, prompts: 1 },
  stale: state === "failed",
});

function page<T>(
  all: readonly T[],
  { limit, cursor }: { readonly limit?: number | string; readonly cursor?: string },
  id: (item: T) => string,
) {
  const from = cursor === undefined ? 0 : all.findIndex((item) => id(item) === cursor) + 1;
  const items = all.slice(from, from + Number(limit ?? 100));
  return { items, ...(from + items.length < all.length && { nextCursor: id(items.at(-1)!) }) };
}

const logOf = (name: string, now: number) => [
  ...Array.from({ length: 30 }, (_, i) => ({ at: now - 60_000 + i * 1000, stream: "stderr", text: `npm warn deprecated package-${i}` })),
  { at: now - 3000, stream: "stderr", text: "Error: GITHUB_TOKEN is not set" },
  { at: now - 2990, stream: "stderr", text: "    at main (/opt/server/dist/index.js:14:9)" },
  { at: now - 2900, stream: "hub", text: `${name} exited code=1 signal=null` },
  { at: now - 2800, stream: "hub", text: "gave up after 5 restarts; state failed" },
];
