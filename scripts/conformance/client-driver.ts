/**
 * The client that the conformance suite tests: a hub of its own with the suite's server behind it. The suite runs this with
 * the address of its server; this is the person in front of the hub, who agrees to every sign-in and calls every tool.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { end, freePort, hubBinary } from "./subjects.ts";

const url = z.url().parse(process.argv[2]);
const context = z
  .object({ client_id: z.string().optional(), client_secret: z.string().optional(), issuer: z.string().optional() })
  .parse(JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}"));
const auth = context.client_id && { clientId: context.client_id, clientSecret: context.client_secret, issuer: context.issuer };
/** The document the suite expects of clients that have one; nothing is fetched from there. */
const clientMetadataUrl = "https://conformance-test.local/client-metadata.json";

const Server = z.looseObject({ state: z.string(), authorizationUrl: z.string().optional() });
const Tools = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const Events = z.object({ items: z.array(z.looseObject({ type: z.string(), data: z.record(z.string(), z.unknown()) })) });

let signIns = 0;
const home = await mkdtemp(join(tmpdir(), "hubctl-client-"));
const port = freePort();
await Bun.write(
  join(home, "mcp.json"),
  JSON.stringify({ mcpServers: { suite: { url, ...(auth && { auth }) } }, hub: { clientMetadataUrl } }),
);
const hub = Bun.spawn([hubBinary, "serve", "--port", String(port), "--config", join(home, "mcp.json")], {
  cwd: home,
  env: { PATH: process.env["PATH"], HOME: home },
  stdio: ["ignore", "inherit", "inherit"],
});
try {
  process.exitCode = (await drive()) ? 0 : 1;
} finally {
  await end(hub);
  await rm(home, { recursive: true, force: true });
}

/** True when every tool could be called. */
async function drive(): Promise<boolean> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const server = await look();
    const next = server && (await react(server));
    if (next === "done") return true;
    if (next === "stuck") {
      console.error("gave up:", JSON.stringify(server));
      return false;
    }
    await Bun.sleep(20);
  }
  return false;
}

/** What a person does about the state a server is in; after a few sign-ins they give up. */
async function react({ state, authorizationUrl }: z.output<typeof Server>): Promise<"go on" | "done" | "stuck"> {
  if (authorizationUrl !== undefined) return ++signIns <= 3 && (await signIn(authorizationUrl)) ? "go on" : "stuck";
  if (state === "failed") return (await agreeToNewIssuer()) ? "go on" : "stuck";
  if (state !== "ready") return "go on";
  if (await callEveryTool()) return "done";
  return (await wantsMore()) ? "go on" : "stuck";
}

/** Undefined until the hub listens. */
function look(): Promise<z.output<typeof Server> | undefined> {
  return ask(Server, "/servers/suite").catch(() => undefined);
}

/** A refusal that came with something a person can do about it. */
async function wantsMore(): Promise<boolean> {
  const server = await look();
  return server?.state !== "ready" || server.authorizationUrl !== undefined;
}

/** Follows the sign-in as a browser does; false when the hub says that it went wrong. */
async function signIn(authorizationUrl: string): Promise<boolean> {
  const answer = await fetch(authorizationUrl, { redirect: "manual" });
  const back = answer.headers.get("location");
  if (back === null) throw new Error(`The authorization server answered ${answer.status} instead of sending the browser back`);
  const page = await fetch(back);
  if (!page.ok) console.error(await page.text());
  return page.ok;
}

async function callEveryTool(): Promise<boolean> {
  const { items } = await ask(Tools, "/tools?source=suite");
  for (const { id } of items) {
    const called = await ask(z.looseObject({}), `/tools/${id}/call`, { arguments: {} }).catch((cause: unknown) => cause);
    if (called instanceof Error) return false;
  }
  return true;
}

/** A server that moved to another authorization server: the person was asked, and agrees. */
async function agreeToNewIssuer(): Promise<boolean> {
  const { items } = await ask(Events, "/events?types=servers.issuer_changed");
  const to = items.at(-1)?.data["to"];
  if (to === undefined) return false;
  await ask(z.looseObject({}), "/servers/suite/authorize", { issuer: to });
  return true;
}

/** With a body it is a POST. */
async function ask<S extends z.ZodType>(schema: S, path: string, body?: unknown): Promise<z.output<S>> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(
    `http://127.0.0.1:${port}/api/v2${path}`,
    body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) },
  );
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return schema.parse(answer);
}
