import { startAuthServer, type FakeAuthServer } from "../../support/fake-auth-server.ts";
import { startProtectedUpstream } from "../../support/protected-upstream.ts";
import { agree } from "../../support/sign-in.ts";
import { answerOf, type Answer, type Answers } from "./answers.ts";
import { eventShapes } from "./event-shapes.ts";
import { fakeBrowser } from "./fake-browser.ts";
import { followEvents, type Followed } from "./follow-events.ts";
import { place, start, until, type Program, type ProgramName } from "./program.ts";
import type { Shape } from "./shape.ts";

/** What one program did while a person signed it in at servers. */
export interface SignedIn {
  readonly answers: Answers;
  readonly events: Readonly<Record<string, Shape>>;
  /** Addresses that a browser was opened with, and those that were answered. */
  readonly opened: readonly string[];
  readonly answered: readonly string[];
  /** Servers that `servers_updated` spoke of. */
  readonly updated: ReadonlySet<string>;
}

interface ServerObject {
  readonly status: string;
  readonly authorizationUrl: string;
}

/** Plays sign-ins at three servers against one program: by the browser, by hand, and at one of the old transport. */
export async function signInWith(name: ProgramName): Promise<SignedIn> {
  await using at = await place();
  const browser = await fakeBrowser(at.home);
  await using auth = startAuthServer();
  await using byBrowser = startProtectedUpstream(auth, { legacyOnly: true });
  await using byHand = startProtectedUpstream(auth, { legacyOnly: true });
  await using old = startProtectedUpstream(auth, { sse: true, open: ({ method, url }) => method === "POST" && !url.includes("session=") });
  const mcpServers = { browser: { url: byBrowser.url }, "by hand": { url: byHand.url }, old: { url: old.url } };
  await at.write("servers.json", { mcpServers });
  await using program = await start(name, ["--config", "servers.json"], { at, env: browser.env });
  await using followed = await followEvents(program.base);
  await followed.next("hub_state", ({ state }) => state === "ready");
  const play = new Play(program, followed, auth);
  await play.ask("before", "servers");
  await playBrowser(play);
  await playByHand(play);
  await playOld(play);
  await playAfterwards(play);
  await until(async () => (await browser.opened()).length >= play.answered.length);
  return {
    answers: play.answers,
    // The list of workspaces is told of when its file has been quiet, which may be after the end.
    events: eventShapes(
      followed.seen.filter(({ data }) => data["type"] !== "workspaces_updated"),
      program.port,
    ),
    opened: await browser.opened(),
    answered: play.answered,
    updated: new Set(followed.seen.flatMap(updatedBy)),
  };
}

const updatedBy = ({ data }: Followed["seen"][number]) =>
  data["type"] === "servers_updated" ? (data["changes"] as { readonly modified: readonly string[] }).modified : [];

class Play {
  readonly answers: Record<string, Answer> = {};
  readonly answered: string[] = [];

  constructor(
    readonly program: Program,
    readonly followed: Followed,
    readonly auth: FakeAuthServer,
  ) {}

  async ask(scene: string, path: string, body?: object): Promise<Response> {
    const response = await (body ? this.program.post(path, body) : this.program.get(path));
    this.answers[scene] = await answerOf(response.clone() as Response, this.program.port);
    return response;
  }

  /** Asks to be signed in and agrees; resolves with the address the browser is sent back to. */
  async begin(server_name: string): Promise<string> {
    const response = await this.ask(`authorize ${server_name}`, "servers/authorize", { server_name });
    const { authorizationUrl } = (await response.json()) as ServerObject;
    this.answered.push(authorizationUrl);
    return agree(authorizationUrl);
  }

  /** Does what is to sign the hub in, and waits until it is told of and the server is connected. */
  async signIn(server_name: string, act: (back: string) => Promise<void>): Promise<void> {
    const seenBefore = this.followed.seen.length;
    await act(await this.begin(server_name));
    await until(() => this.followed.seen.slice(seenBefore).flatMap(updatedBy).includes(server_name));
    await until(async () => {
      const { server } = (await (await this.program.post("servers/info", { server_name })).json()) as { server: ServerObject };
      return server.status === "connected";
    });
    await this.ask(`signed in at ${server_name}`, "servers/info", { server_name });
    await this.add(`a tool of ${server_name}`, server_name);
  }

  async page(scene: string, url: string): Promise<void> {
    this.answers[scene] = await answerOf(await fetch(url), this.program.port);
  }

  add = (scene: string, server_name: string) => this.ask(scene, "servers/tools", { server_name, tool: "add", arguments: { a: 2, b: 3 } });
}

const withWrongCode = (back: string) => back.replace(/code=[^&]+/, "code=wrong");

async function playBrowser(play: Play): Promise<void> {
  const seenBefore = play.followed.seen.length;
  await play.page("the callback page with a wrong code", withWrongCode(await play.begin("browser")));
  await until(() => play.followed.seen.slice(seenBefore).flatMap(updatedBy).includes("browser"));
  await play.ask("after a wrong code", "servers/info", { server_name: "browser" });
  await play.ask("a callback page without a code", "oauth/callback?server_name=browser");
  await play.ask("a callback page of nobody", "oauth/callback?code=x&server_name=nobody");
  await play.signIn("browser", (back) => play.page("the callback page", back));
  play.auth.expireAccess();
  await play.add("a tool once the token has ended", "browser");
}

async function playByHand(play: Play): Promise<void> {
  const callback = "oauth/manual_callback";
  await play.ask("by hand with a wrong code", callback, { url: withWrongCode(await play.begin("by hand")) });
  await play.ask("after a wrong code by hand", "servers/info", { server_name: "by hand" });
  await play.ask("by hand without a code", callback, { url: "http://localhost/api/oauth/callback?server_name=by+hand" });
  await play.ask("by hand for nobody", callback, { url: "http://localhost/api/oauth/callback?code=x&server_name=nobody" });
  await play.signIn("by hand", async (url) => void (await play.ask("by hand", callback, { url })));
}

async function playOld(play: Play): Promise<void> {
  await play.signIn("old", (back) => play.page("the callback page of an old one", back));
}

async function playAfterwards(play: Play): Promise<void> {
  const browser = { server_name: "browser" };
  await play.ask("stop what is signed in", "servers/stop", browser);
  await play.ask("start what is signed in", "servers/start", browser);
  await play.ask("authorize what is signed in", "servers/authorize", browser);
  play.auth.revokeAll();
  await play.add("a tool once the tokens are revoked", "by hand");
  await play.ask("stop what lost its tokens", "servers/stop", { server_name: "by hand" });
  await play.ask("start what lost its tokens", "servers/start", { server_name: "by hand" });
}
