import {
  computeScopeUnion,
  extractWWWAuthenticateParams,
  isStrictScopeSuperset,
  type AuthProvider,
  type FetchLike,
} from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { AuthSettings } from "../servers/endpoint.ts";
import type { CredentialStore, Owner } from "./credential-store.ts";
import type { Grant } from "./records.ts";
import { refreshGrant } from "./refresh.ts";
import { revokeTokens } from "./revoke.ts";
import { plainScope } from "./scopes.ts";

/** What a server asked for when it refused a request. */
export interface Challenge {
  readonly metadataUrl: URL | undefined;
  readonly scope: string | undefined;
}

export interface SessionDeps {
  readonly owner: Owner;
  readonly settings: AuthSettings;
  readonly store: CredentialStore;
  readonly clock: Clock;
  /** For requests of the sign-in. */
  readonly fetch: FetchLike;
  /** Runs the work while no other hub on the same store does the same. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  /** Offers the person a sign-in. Throws where there is none to offer. */
  readonly askPerson: (challenge: Challenge, why: "no-token" | "more-scope") => Promise<void>;
  readonly warn: (message: string, cause: unknown) => void;
}

/** A token is renewed this long before it ends, so that it does not end on its way. */
const earlyMs = 10_000;

/** The credentials of one server at one address, as its connections use them. */
export class ServerSession {
  challenge: Challenge = { metadataUrl: undefined, scope: undefined };
  #grant: Promise<Grant | undefined> | undefined;
  #renewing: Promise<void> | undefined;
  #asking: Promise<void> | undefined;
  /** A renewed token that the server has not accepted yet. */
  #unproven: string | undefined;

  constructor(readonly deps: SessionDeps) {}

  /** What the transports of the SDK take, and the `fetch` that goes with it. */
  over(send: FetchLike): { readonly fetch: FetchLike; readonly authProvider: AuthProvider } {
    const usedIn = new WeakMap<Response, string>();
    return {
      fetch: async (url, init) => {
        const used = bearerOf(init?.headers);
        const response = await send(url, init);
        if (used === undefined) return response;
        usedIn.set(response, used);
        if (response.status !== 401 && used === this.#unproven) this.#unproven = undefined;
        if (response.status === 403) await this.#moreScope(response);
        return response;
      },
      authProvider: {
        token: () => this.#token(),
        onUnauthorized: ({ response }) => this.#refused(response, usedIn.get(response)),
      },
    };
  }

  grant(): Promise<Grant | undefined> {
    return (this.#grant ??= this.deps.store.grant(this.deps.owner));
  }

  /** Takes a new grant, or reads the store anew. */
  reset(grant?: Grant): void {
    this.#grant = grant && Promise.resolve(grant);
    this.#unproven = undefined;
  }

  async #token(): Promise<string | undefined> {
    const { tokens } = (await this.grant()) ?? {};
    const isEnding = tokens?.expiresAt !== undefined && tokens.expiresAt - earlyMs <= this.deps.clock.now();
    if (tokens?.refresh !== undefined && isEnding) await this.#renew(tokens.access);
    return (await this.grant())?.tokens?.access;
  }

  /** A 401: of all requests that meet it at once, one renews the token and the others wait for it. */
  async #refused(response: Response, used: string | undefined): Promise<void> {
    const { resourceMetadataUrl: metadataUrl, scope } = extractWWWAuthenticateParams(response);
    this.challenge = { metadataUrl, scope: plainScope(scope) };
    const current = (await this.grant())?.tokens?.access;
    if (current !== undefined && current !== used) return;
    await this.#renew(used);
  }

  #renew(used: string | undefined): Promise<void> {
    return (this.#renewing ??= this.#renewOrAsk(used).finally(() => (this.#renewing = undefined)));
  }

  async #renewOrAsk(used: string | undefined): Promise<void> {
    const renewed = await this.deps.exclusively(() => this.#renewAlone(used));
    if (renewed) return;
    await this.deps.askPerson(this.challenge, "no-token");
    throw signInNeeded(this.deps.owner.server);
  }

  async #renewAlone(used: string | undefined): Promise<boolean> {
    const { store, owner } = this.deps;
    // Another hub on the same store, or a sign-in just finished, may have been faster; a refresh token is good once.
    this.#grant = undefined;
    const grant = await this.grant();
    if (!grant?.tokens) return false;
    if (grant.tokens.access !== used) return true;
    // When not even a renewed token was accepted, the next one would not be either.
    if (grant.tokens.refresh === undefined || used === this.#unproven) return false;
    const { grant: renewed, refusal } = await refreshGrant(grant, this.deps);
    const next = renewed ?? { ...grant, tokens: undefined };
    if (!(await store.grant(owner))) return this.#leave(renewed);
    await store.saveGrant(owner, next);
    if (refusal === "client") await store.dropRegistration(owner.server);
    this.#grant = Promise.resolve(next);
    this.#unproven = next.tokens?.access;
    return renewed !== undefined;
  }

  /** Somebody signed out while the answer was on its way: what was forgotten stays forgotten. */
  async #leave(renewed: Grant | undefined): Promise<false> {
    this.#grant = undefined;
    if (renewed) await revokeTokens(renewed, this.deps).catch((cause: unknown) => this.deps.warn("a token could not be revoked", cause));
    return false;
  }

  /** A 403 with `insufficient_scope` (RFC 6750 section 3.1): offers a sign-in with more, unless that was tried already. */
  async #moreScope(response: Response): Promise<void> {
    const { error, scope, resourceMetadataUrl: metadataUrl } = extractWWWAuthenticateParams(response);
    const wanted = plainScope(scope);
    if (error !== "insufficient_scope" || wanted === undefined) return;
    const grant = await this.grant();
    const before = computeScopeUnion(grant?.scope, grant?.requestedScope);
    if (!isStrictScopeSuperset(wanted, before)) return;
    this.challenge = { metadataUrl, scope: computeScopeUnion(before, wanted) };
    this.#asking ??= this.deps
      .askPerson(this.challenge, "more-scope")
      .catch((cause: unknown) => this.deps.warn("more permissions cannot be asked for", cause))
      .finally(() => (this.#asking = undefined));
    await this.#asking;
  }
}

const bearerOf = (headers: RequestInit["headers"]) => /^Bearer (.+)$/i.exec(new Headers(headers).get("authorization") ?? "")?.[1];

export const signInNeeded = (server: string): HubError =>
  new HubError("UPSTREAM_REJECTED", `${server} wants you to sign in`, { hint: `Run \`hubctl servers authorize ${server}\`` });
