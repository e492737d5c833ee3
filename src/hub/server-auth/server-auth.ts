import type { FetchLike } from "@modelcontextprotocol/client";
import type { Egress } from "../gates/egress.ts";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { RemoteAuth } from "../servers/connect.ts";
import type { AuthSettings, RemoteEndpoint, ServerEntry } from "../servers/endpoint.ts";
import type { Vault } from "../vault/vault.ts";
import { authFetch } from "./auth-fetch.ts";
import { createCredentialStore, type CredentialStore, type Owner } from "./credential-store.ts";
import { startDeviceSignIn, type DevicePrompt, type DeviceSignIn } from "./device.ts";
import { createInTurn } from "./in-turn.ts";
import { prepare, probeChallenge, type Prepared } from "./prepare.ts";
import { IssuerFacts, type Grant } from "./records.ts";
import { isAboutClient } from "./refresh.ts";
import { revokeTokens } from "./revoke.ts";
import { ServerSession, type Challenge } from "./session.ts";
import { finishSignIn, grantOf, readCallback, startSignIn } from "./sign-in.ts";

/** A sign-in that a person is offered. */
export interface Offer {
  readonly url: string;
  readonly issuer: string;
  readonly redirectUrl: string;
  readonly scope: string | undefined;
  readonly expiresAt: number;
}

export type Why = "no-token" | "more-scope" | "asked";

export interface ServerAuthDeps {
  readonly vault: Vault;
  readonly egress: Egress;
  readonly runtime: Pick<Runtime, "clock" | "random">;
  readonly log: Log;
  /** Runs the work while no other hub on the same store does the same. */
  readonly exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** `http://127.0.0.1:<port>`, where browsers find the hub. */
  readonly baseUrl: () => string;
  readonly clientMetadataUrl: () => string | undefined;
  readonly entry: (server: string) => ServerEntry;
  readonly offered: (server: string, offer: Offer, why: Why) => void;
  /** Nobody can sign in, and trying again soon will not help. */
  readonly blocked: (server: string, error: HubError) => void;
  readonly authorized: (server: string, grant: Grant) => void;
}

export interface AuthorizeOptions {
  /** An issuer that is not the former one, which the person agrees to. */
  readonly issuer?: string;
}

export interface SignedOut {
  /** False when there was nothing to forget. */
  readonly forgotten: boolean;
  /** The authorization server has taken the tokens back. */
  readonly revoked: boolean;
}

/** Signs the hub in at the servers behind it (OAuth 2.1, client side). */
export interface ServerAuth extends Disposable {
  /** What a connection authenticates with; undefined where the configuration has a credential of its own. */
  over(entry: Pick<ServerEntry, "name">, endpoint: RemoteEndpoint, send: FetchLike): RemoteAuth | undefined;
  /** Offers a sign-in, also where the hub is signed in already. */
  authorize(server: string, options?: AuthorizeOptions): Promise<Offer>;
  /** The same on another device, when the authorization server knows how; the hub waits for it behind. */
  authorizeDevice(server: string, options?: AuthorizeOptions): Promise<DevicePrompt & { readonly issuer: string }>;
  /** Finishes a sign-in with the address the browser was sent back to; `server` is checked where it is known. */
  complete(url: string, server?: string): Promise<{ readonly name: string }>;
  /** Forgets tokens, registration and issuer, and gives the tokens back to the authorization server as far as it takes them. */
  forget(server: string): Promise<SignedOut>;
}

/** A person may find the offer hours later, in a dashboard left open. */
const flowMs = 24 * 60 * 60_000;

export const createServerAuth = (deps: ServerAuthDeps): ServerAuth => new LiveServerAuth(deps);

interface Held {
  readonly key: string;
  readonly session: ServerSession;
}

class LiveServerAuth implements ServerAuth {
  readonly #store: CredentialStore;
  readonly #sessions = new Map<string, Held>();
  readonly #offers = new Map<string, { readonly key: string; readonly state: string; readonly offer: Offer }>();
  readonly #devices = new Map<string, AbortController>();
  readonly #inTurn = createInTurn();

  constructor(readonly deps: ServerAuthDeps) {
    this.#store = createCredentialStore(deps.vault);
  }

  over({ name }: Pick<ServerEntry, "name">, endpoint: RemoteEndpoint, send: FetchLike): RemoteAuth | undefined {
    const hasOwn = Object.keys(endpoint.headers).some((header) => header.toLowerCase() === "authorization");
    if (hasOwn || endpoint.auth === false) return undefined;
    return this.#session({ server: name, url: endpoint.url }, endpoint.auth).over(send);
  }

  async authorize(server: string, { issuer }: AuthorizeOptions = {}): Promise<Offer> {
    const session = await this.#asked(server);
    const offer = await this.#offer(session, session.challenge, issuer);
    this.deps.offered(server, offer, "asked");
    return offer;
  }

  async authorizeDevice(server: string, { issuer }: AuthorizeOptions = {}): Promise<DevicePrompt & { readonly issuer: string }> {
    const session = await this.#asked(server);
    const prepared = await this.#inTurn(server, `device ${issuer ?? ""}`, () => this.#prepare(session, session.challenge, issuer));
    const { owner, fetch, clock } = session.deps;
    const { metadata, client, scope, resource } = prepared;
    const device = await startDeviceSignIn({ metadata, client, scope, resource: resource.indicator, serverUrl: owner.url, fetch, clock });
    void this.#await(device, session, prepared);
    return { ...device.prompt, issuer: metadata.issuer };
  }

  async complete(url: string, server?: string): Promise<{ readonly name: string }> {
    const callback = readCallback(url);
    const flow = await this.#store.takeFlow(callback.state);
    const { clock } = this.deps.runtime;
    const isOurs = flow && flow.expiresAt > clock.now() && new URL(flow.redirectUrl).pathname === callback.path;
    if (!isOurs || (server !== undefined && server !== flow.server)) throw noSuchFlow();
    const session = await this.#sessionOf(flow.server);
    if (session.deps.owner.url !== flow.serverUrl) throw noSuchFlow();
    try {
      await this.#signedIn(session, await finishSignIn(flow, callback, session.deps));
    } catch (cause) {
      if (cause instanceof HubError && isAboutClient(cause.cause)) await this.#store.dropRegistration(flow.server);
      // The code and its verifier are spent; whoever looks at the server finds a new address to go to.
      await this.#askPerson(session, session.challenge, "asked").catch(() => undefined);
      throw cause;
    }
    return { name: flow.server };
  }

  async forget(server: string): Promise<SignedOut> {
    this.#devices.get(server)?.abort();
    this.#offers.delete(server);
    const { forgotten, grant } = await this.#store.forget(server);
    this.#sessions.get(server)?.session.reset();
    return { forgotten, revoked: grant !== undefined && (await this.#revoke(server, grant)) };
  }

  [Symbol.dispose](): void {
    for (const waiting of this.#devices.values()) waiting.abort();
  }

  /** Nothing that goes wrong here changes that the hub has signed out. */
  async #revoke(server: string, grant: Grant): Promise<boolean> {
    const { entry, egress, runtime, log } = this.deps;
    try {
      const endpoint = grant.client.kind === "configured" ? await entry(server).endpoint() : undefined;
      const settings = (endpoint?.kind === "remote" && endpoint.auth) || {};
      const fetch = authFetch(egress, new URL(grant.serverUrl), settings.issuer);
      return await revokeTokens(grant, { fetch, clock: runtime.clock, settings });
    } catch (cause) {
      log.warn("the tokens of a server could not be revoked", { server, issuer: grant.issuer, cause });
      return false;
    }
  }

  /** Waits behind for a sign-in on another device; a new one takes its place. */
  async #await(device: DeviceSignIn, session: ServerSession, { metadata, client, scope, resource }: Prepared): Promise<void> {
    const { owner, clock } = session.deps;
    this.#devices.get(owner.server)?.abort();
    const waiting = new AbortController();
    this.#devices.set(owner.server, waiting);
    try {
      const tokens = await device.tokens(waiting.signal);
      const facts = IssuerFacts.parse(metadata);
      const granting = { serverUrl: owner.url, issuer: facts.issuer, facts, client, resource: resource.indicator, scope };
      await this.#signedIn(session, grantOf(granting, tokens, clock.now()));
    } catch (cause) {
      if (!waiting.signal.aborted) this.deps.log.warn("a sign-in on another device came to nothing", { server: owner.server, cause });
    }
  }

  async #signedIn(session: ServerSession, grant: Grant): Promise<void> {
    const { owner } = session.deps;
    await this.#store.saveGrant(owner, grant);
    this.#offers.delete(owner.server);
    this.#devices.get(owner.server)?.abort();
    session.reset(grant);
    this.deps.authorized(owner.server, grant);
  }

  async #sessionOf(server: string): Promise<ServerSession> {
    const endpoint = await this.deps.entry(server).endpoint();
    if (endpoint.kind !== "remote")
      throw new HubError("VALIDATION", `${server} is a local server; there is nobody to sign in at`, {
        hint: "Give it credentials in its env",
      });
    if (endpoint.auth === false)
      throw new HubError("VALIDATION", `The configuration of ${server} switches signing in off`, { hint: `Take "auth": false out of it` });
    return this.#session({ server, url: endpoint.url }, endpoint.auth);
  }

  /** One session for a server at an address: its connections share the token, and what renews it. */
  #session(owner: Owner, settings: AuthSettings = {}): ServerSession {
    const key = JSON.stringify([owner.url, settings]);
    const held = this.#sessions.get(owner.server);
    if (held?.key === key) return held.session;
    const { runtime, egress, exclusively, log, clientMetadataUrl } = this.deps;
    const session: ServerSession = new ServerSession({
      owner,
      settings: { clientMetadataUrl: clientMetadataUrl(), ...settings },
      store: this.#store,
      clock: runtime.clock,
      fetch: authFetch(egress, new URL(owner.url), settings.issuer),
      exclusively: (work) => exclusively(`server-auth:${owner.server}`, work),
      askPerson: (challenge, why) => this.#askPerson(session, challenge, why),
      warn: (message, cause) => log.warn(message, { server: owner.server, cause }),
    });
    this.#sessions.set(owner.server, { key, session });
    return session;
  }

  async #askPerson(session: ServerSession, challenge: Challenge, why: Why): Promise<void> {
    const { server } = session.deps.owner;
    try {
      this.deps.offered(server, await this.#offer(session, challenge), why);
    } catch (cause) {
      const error = HubError.from(cause);
      if (why === "no-token" && !error.row.retryable) this.deps.blocked(server, error);
      throw error;
    }
  }

  /** All who ask at once get one address. */
  #offer(session: ServerSession, challenge: Challenge, accepted?: string): Promise<Offer> {
    const { server, url } = session.deps.owner;
    const key = JSON.stringify([url, challenge, accepted]);
    return this.#inTurn(server, key, () => this.#makeOffer(session, challenge, accepted));
  }

  /** The same address as before while it is good for what is wanted now. */
  async #makeOffer(session: ServerSession, challenge: Challenge, accepted?: string): Promise<Offer> {
    const { owner, clock } = session.deps;
    const { resource, metadata, client, redirectUrl, scope } = await this.#prepare(session, challenge, accepted);
    const key = JSON.stringify([owner.url, metadata.issuer, client, redirectUrl, scope, resource.indicator]);
    const last = this.#offers.get(owner.server);
    if (last?.key === key && last.offer.expiresAt > clock.now() + flowMs / 2 && (await this.#store.hasFlow(owner.server, last.state)))
      return last.offer;
    const state = this.deps.runtime.random.bytes(32).toBase64({ alphabet: "base64url", omitPadding: true });
    const { url, flow } = await startSignIn({
      server: owner.server,
      serverUrl: owner.url,
      metadata,
      client,
      redirectUrl,
      resource: resource.indicator,
      scope,
      state,
      expiresAt: clock.now() + flowMs,
    });
    await this.#store.saveFlow(state, flow);
    const offer = { url, issuer: metadata.issuer, redirectUrl, scope, expiresAt: flow.expiresAt };
    this.#offers.set(owner.server, { key, state, offer });
    return offer;
  }

  #prepare(session: ServerSession, challenge: Challenge, accepted?: string): Promise<Prepared> {
    return prepare(session, { challenge, accepted, baseUrl: this.deps.baseUrl() });
  }

  /** The challenge of the last refusal, or of a request that is made to be refused. */
  async #asked(server: string): Promise<ServerSession> {
    const session = await this.#sessionOf(server);
    const { metadataUrl, scope } = session.challenge;
    if (!metadataUrl && scope === undefined) session.challenge = await probeChallenge(session.deps.owner.url, this.deps.egress);
    return session;
  }
}

const noSuchFlow = () =>
  new HubError("FORBIDDEN", "The hub does not wait for this sign-in: it is finished, too old, or was begun elsewhere", {
    hint: "Start again with `hubctl servers authorize <name>`, and use the newest address",
  });
