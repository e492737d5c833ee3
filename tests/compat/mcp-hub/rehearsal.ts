import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { startAuthServer } from "../../support/fake-auth-server.ts";
import { startHttpUpstream } from "../../support/fake-upstream.ts";
import { startProtectedUpstream } from "../../support/protected-upstream.ts";
import { stdioServer } from "../../support/stdio-server.ts";
import { answerOf, type Answer, type Answers } from "./answers.ts";
import { eventShapes } from "./event-shapes.ts";
import { followEvents, type Followed } from "./follow-events.ts";
import { place, start, until, type Place, type Program, type ProgramName } from "./program.ts";
import { shapeOf, type Shape } from "./shape.ts";

/** What one program answered and told, by the name of the scene. */
export interface Rehearsal {
  readonly answers: Answers;
  /** Shapes of the events, by name and type. */
  readonly events: Readonly<Record<string, Shape>>;
  readonly hubStates: readonly string[];
  /** What was logged as a warning. */
  readonly complaints: readonly unknown[];
  readonly malformed: readonly string[];
  readonly exitCode: number;
  /** Keys of the entry in workspaces.json while it ran, and what was left of it. */
  readonly workspace: Shape;
  readonly workspaceLeft: Shape;
  readonly headers: Readonly<Record<string, string | null>>;
}

const servers = {
  echo: stdioServer("echo"),
  off: { ...stdioServer("echo"), disabled: true, name: "Switched off", description: "Not now" },
  bad: { command: "no-such-command-anywhere" },
  crash: stdioServer("crash-at-start"),
  changing: { command: process.execPath, args: [join(import.meta.dir, "changing-server.ts")] },
};

/** Requests in order; each is compared. */
const scenes: readonly (readonly [name: string, path: string, body?: unknown])[] = [
  ["health", "health"],
  ["servers", "servers"],
  ["workspaces", "workspaces"],
  ["info", "servers/info", { server_name: "echo" }],
  ["info without a name", "servers/info", {}],
  ["info of an unknown server", "servers/info", { server_name: "nobody" }],
  ["call a tool", "servers/tools", { server_name: "echo", tool: "echo", arguments: { text: "x" }, request_options: { timeout: 60_000 } }],
  ["call a tool that fails", "servers/tools", { server_name: "echo", tool: "fail", arguments: {} }],
  ["call an unknown tool", "servers/tools", { server_name: "echo", tool: "nothing", arguments: {} }],
  ["call a tool of an unknown server", "servers/tools", { server_name: "nobody", tool: "echo" }],
  ["call a tool of a disabled server", "servers/tools", { server_name: "off", tool: "echo" }],
  ["call a tool without its name", "servers/tools", { server_name: "echo" }],
  ["call a tool with a scalar", "servers/tools", { server_name: "echo", tool: "echo", arguments: 5 }],
  ["call a tool with a list", "servers/tools", { server_name: "echo", tool: "echo", arguments: [] }],
  ["call a tool of what cannot be started", "servers/tools", { server_name: "bad", tool: "echo" }],
  ["call a tool without a server", "servers/tools", { tool: "echo" }],
  [
    "call a tool with a short total limit",
    "servers/tools",
    { server_name: "echo", tool: "slow", arguments: { ms: 3000 }, request_options: { maxTotalTimeout: 150, timeout: 150 } },
  ],
  [
    "call a tool that is too slow",
    "servers/tools",
    { server_name: "echo", tool: "slow", arguments: { ms: 3000 }, request_options: { timeout: 150 } },
  ],
  ["info of a remote server", "servers/info", { server_name: "remote" }],
  ["call a tool of a remote server", "servers/tools", { server_name: "remote", tool: "add", arguments: { a: 2, b: 3 } }],
  ["stop a remote server", "servers/stop", { server_name: "remote" }],
  ["start a remote server", "servers/start", { server_name: "remote" }],
  ["info of what wants a sign-in", "servers/info", { server_name: "guarded" }],
  ["call a tool of what wants a sign-in", "servers/tools", { server_name: "guarded", tool: "add", arguments: { a: 2, b: 3 } }],
  ["start what wants a sign-in", "servers/start", { server_name: "guarded" }],
  ["read a resource", "servers/resources", { server_name: "echo", uri: "echo://readme" }],
  ["read an unknown resource", "servers/resources", { server_name: "echo", uri: "echo://nothing" }],
  ["read a resource of a disabled server", "servers/resources", { server_name: "off", uri: "echo://readme" }],
  ["read a resource without its URI", "servers/resources", { server_name: "echo" }],
  ["get a prompt", "servers/prompts", { server_name: "echo", prompt: "greet", arguments: { name: "Ana" } }],
  ["get an unknown prompt", "servers/prompts", { server_name: "echo", prompt: "nothing" }],
  ["get a prompt of a disabled server", "servers/prompts", { server_name: "off", prompt: "greet" }],
  ["get a prompt with a scalar", "servers/prompts", { server_name: "echo", prompt: "greet", arguments: 5 }],
  ["read what a template makes", "servers/resources", { server_name: "echo", uri: "echo://notes/1" }],
  ["get a prompt without its name", "servers/prompts", { server_name: "echo" }],
  ["start what runs", "servers/start", { server_name: "echo" }],
  ["start what cannot", "servers/start", { server_name: "bad" }],
  ["start what crashes", "servers/start", { server_name: "crash" }],
  ["start without a name", "servers/start", {}],
  ["start an unknown server", "servers/start", { server_name: "nobody" }],
  ["start what is disabled", "servers/start", { server_name: "off" }],
  ["stop and disable", "servers/stop?disable=true", { server_name: "off" }],
  ["stop what is disabled", "servers/stop", { server_name: "off" }],
  ["stop", "servers/stop", { server_name: "echo" }],
  ["call a tool of a stopped server", "servers/tools", { server_name: "echo", tool: "echo" }],
  ["start again", "servers/start", { server_name: "echo" }],
  ["stop without a name", "servers/stop", {}],
  ["stop an unknown server", "servers/stop", { server_name: "nobody" }],
  ["refresh", "servers/refresh", { server_name: "echo" }],
  ["refresh what is disabled", "servers/refresh", { server_name: "off" }],
  ["refresh what cannot be started", "servers/refresh", { server_name: "bad" }],
  ["stop what cannot be started", "servers/stop", { server_name: "bad" }],
  ["refresh without a name", "servers/refresh", {}],
  ["refresh an unknown server", "servers/refresh", { server_name: "nobody" }],
  ["refresh all", "refresh"],
  ["authorize without a name", "servers/authorize", {}],
  ["authorize what needs none", "servers/authorize", { server_name: "echo" }],
  ["authorize an unknown server", "servers/authorize", { server_name: "nobody" }],
  ["manual callback without a URL", "oauth/manual_callback", {}],
  ["details of nothing", "marketplace/details", {}],
  ["details of what is not there", "marketplace/details", { mcpId: "nobody" }],
  ["a search that finds nothing", "marketplace?search=no+such+server+anywhere&category=x&tags=a,b&sort=name"],
  ["the marketplace", "marketplace?search=filesystem"],
  ["manual callback with no URL", "oauth/manual_callback", { url: "nonsense" }],
];

/** Plays everything against one program, in its own home. */
export async function rehearse(name: ProgramName): Promise<Rehearsal> {
  await using at = await place();
  await using remote = startHttpUpstream({ legacyOnly: true });
  await using auth = startAuthServer();
  await using guarded = startProtectedUpstream(auth);
  const mcpServers = { ...servers, remote: { url: remote.url }, guarded: { url: guarded.url } };
  const config = { mcpServers, nativeMCPServers: { a: 1 } };
  await at.write("servers.json", config);
  await fillMarketplace(at);
  await using program = await start(name, ["--config", "servers.json", "--watch", "--some-unknown-flag", "x"], { at });
  await until(async () => ((await (await program.get("health")).json()) as { state: string }).state === "ready");
  await using followed = await followEvents(program.base);
  await followed.next("hub_state");
  const answers: Record<string, Answer> = {};
  for (const [scene, path, body] of scenes)
    answers[scene] = await answerOf(await (body === undefined ? program.get(path) : program.post(path, body)), program.port);
  for (const [scene, init] of Object.entries(oddRequests))
    answers[scene] = await answerOf(await program.get(init.path, init), program.port);
  await playEvents({ program, followed, at, config });
  const crashed = { server_name: "echo", tool: "crash", arguments: {} };
  answers["call a tool that ends its server"] = await answerOf(await program.post("servers/tools", crashed), program.port);
  const workspace = shapeOf(await Bun.file(at.workspaces).json(), { [program.port]: "<port>" });
  answers["restart"] = await answerOf(await program.post("restart"), program.port);
  answers["hard restart"] = await answerOf(await program.post("hard-restart"), program.port);
  await followed.ended;
  const { code } = await program.ended;
  return {
    answers,
    events: eventShapes(followed.seen, program.port),
    hubStates: followed.seen.filter(({ event }) => event === "hub_state").map(({ data }) => String(data["state"])),
    complaints: followed.seen.filter(({ data }) => isType("warn")(data)).map(({ data }) => data["message"]),
    malformed: followed.malformed,
    exitCode: code,
    workspace,
    workspaceLeft: shapeOf(await Bun.file(at.workspaces).json()),
    headers: Object.fromEntries(["content-type", "cache-control", "x-accel-buffering"].map((key) => [key, followed.headers.get(key)])),
  };
}

/** What mcp-hub has in its cache it does not fetch; ours has a list of its own. */
async function fillMarketplace(at: Place): Promise<void> {
  const entry = {
    id: "filesystem",
    name: "Filesystem",
    description: "Reads files",
    author: "somebody",
    url: "https://example.com/filesystem",
    category: "files",
    tags: ["files"],
    license: "MIT",
    installations: [
      {
        name: "NPX",
        config: "{}",
        prerequisites: ["Node.js"],
        parameters: [{ name: "Path", key: "PATH_TO", description: "Which", placeholder: "/tmp", required: true }],
        transports: ["stdio"],
      },
    ],
    featured: false,
    verified: true,
    stars: 1,
    lastCommit: 1,
    updatedAt: 1,
  };
  const registry = { version: "1.0.0", generatedAt: 1, totalServers: 1, servers: [entry] };
  await mkdir(join(at.home, ".local/share/mcp-hub/cache"), { recursive: true });
  const cached = { registry, lastFetchedAt: systemRuntime.clock.now(), serverDocumentation: {} };
  await at.write(".local/share/mcp-hub/cache/registry.json", cached);
}

const json = { "content-type": "application/json" };
const oddRequests: Readonly<Record<string, RequestInit & { readonly path: string }>> = {
  "malformed JSON": { path: "servers/info", method: "POST", headers: json, body: "{ half" },
  "a scalar for a body": { path: "servers/info", method: "POST", headers: json, body: "5" },
  "an array for a body": { path: "servers/info", method: "POST", headers: json, body: "[]" },
  "another media type": { path: "servers/info", method: "POST", headers: { "content-type": "text/plain" }, body: `{"server_name":"echo"}` },
  "an unknown path": { path: "nothing" },
  "a wrong method": { path: "health", method: "DELETE" },
  "a body of 200 KiB": {
    path: "servers/tools",
    method: "POST",
    headers: json,
    body: JSON.stringify({ server_name: "echo", tool: "echo", arguments: { text: "x".repeat(200 * 1024) } }),
  },
};

interface Stage {
  readonly program: Program;
  readonly followed: Followed;
  readonly at: Place;
  readonly config: { readonly mcpServers: Readonly<Record<string, object>> };
}

const isType = (type: string) => (data: Readonly<Record<string, unknown>>) => data["type"] === type;

/** Makes happen what is told of by events. */
async function playEvents({ program, followed, at, config }: Stage): Promise<void> {
  const file = `${at.home}/servers.json`;
  await program.post("servers/tools", { server_name: "changing", tool: "change", arguments: {} });
  for (const kind of ["tool", "resource", "prompt"]) await followed.next("subscription_event", isType(`${kind}_list_changed`));
  const updates = () =>
    followed.seen.filter(({ data }) => isType("servers_updated")(data) && (data["changes"] as { added?: unknown }).added).length;
  const before = updates();
  const { crash: _, ...kept } = config.mcpServers;
  const changed = { ...kept, bad: { command: "another-such-command" }, added: stdioServer("echo") };
  await writeFile(file, JSON.stringify({ ...config, mcpServers: changed }));
  await until(() => updates() > before);
  const seenBefore = followed.seen.length;
  await writeFile(file, "{ half");
  await until(() => followed.seen.slice(seenBefore).some(({ data }) => isType("config_changed")(data)));
  await until(() => followed.seen.slice(seenBefore).some(({ event, data }) => event === "log" && data["code"] === "CONFIG_RELOAD_ERROR"));
  await writeFile(file, JSON.stringify(config));
  await until(() => updates() > before + 1);
  await followed.next("subscription_event", isType("workspaces_updated"));
  await followed.next("heartbeat");
}
