import { createHash } from "node:crypto";

/** How the authorization server behaves; read anew for every request, so a test may change it on the way. */
export interface AuthServerManner {
  /** The methods it offers for PKCE; undefined leaves the list out. */
  pkce?: string[] | undefined;
  registration: boolean;
  documents: boolean;
  device: boolean;
  /** Takes tokens back (RFC 7009). */
  revocation: boolean;
  authMethods: string[];
  scopes?: string[];
  /** What it puts into `iss` of the answer; undefined leaves it out. */
  iss: (issuer: string) => string | undefined;
  advertisesIss: boolean;
  expiresIn: number;
  refreshTokens: boolean;
  /** Replaces fields of its metadata. */
  metadata: Record<string, unknown>;
  /** Answers a token request instead of the server. */
  onToken?: (fields: URLSearchParams) => Response | undefined | Promise<Response | undefined>;
  /** Answers when a token is given back, instead of taking it. */
  onRevoke?: () => Response | Promise<Response>;
  /** Scopes it grants out of those asked for. */
  grants: (scope: string) => string;
}

export interface SeenAuthRequest {
  readonly method: string;
  readonly path: string;
  readonly fields: URLSearchParams;
  readonly headers: Headers;
}

export interface FakeAuthServer extends AsyncDisposable {
  readonly issuer: string;
  readonly manner: AuthServerManner;
  readonly requests: readonly SeenAuthRequest[];
  /** Token requests of one grant type. */
  granted(grantType: string): readonly SeenAuthRequest[];
  /** The scope of an access token it has given and not revoked. */
  scopeOf(accessToken: string): string | undefined;
  /** Lets every access token expire; refresh tokens stay. */
  expireAccess(): void;
  /** Ends every refresh token too. */
  revokeAll(): void;
  /** The person types the code on the other device. */
  approveDevice(userCode: string): void;
}

interface Code {
  readonly clientId: string;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly resource: string | null;
}

interface Family {
  readonly clientId: string;
  readonly scope: string;
  current: string;
  isRevoked: boolean;
}

/** A real OAuth 2.1 authorization server on loopback: registration, PKCE, rotating refresh tokens with reuse detection, device codes. */
export function startAuthServer(manner: Partial<AuthServerManner> = {}): FakeAuthServer {
  return new AuthServer({
    pkce: ["S256"],
    registration: true,
    documents: false,
    device: false,
    revocation: false,
    authMethods: ["none"],
    iss: (issuer) => issuer,
    advertisesIss: true,
    expiresIn: 3600,
    refreshTokens: true,
    metadata: {},
    grants: (scope) => scope,
    ...manner,
  });
}

const refuse = (error: string, status = 400) => Response.json({ error, error_description: "<script>alert(1)</script>" }, { status });
const s256 = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

function clientIn(fields: URLSearchParams, headers: Headers): { clientId: string; secret: string | undefined } {
  const basic = /^Basic (.+)$/.exec(headers.get("authorization") ?? "")?.[1];
  const [clientId, secret] = basic ? atob(basic).split(":") : [fields.get("client_id") ?? "", fields.get("client_secret") ?? undefined];
  return { clientId: clientId ?? "", secret };
}

class AuthServer implements FakeAuthServer {
  readonly requests: SeenAuthRequest[] = [];
  readonly #clients = new Map<string, string | undefined>();
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, string>();
  readonly #families = new Map<string, Family>();
  readonly #devices = new Map<
    string,
    { readonly clientId: string; readonly scope: string; readonly userCode: string; isApproved: boolean }
  >();
  readonly #listener = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) });
  #made = 0;

  constructor(readonly manner: AuthServerManner) {}

  get issuer(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  granted(grantType: string): readonly SeenAuthRequest[] {
    return this.requests.filter(({ path, fields }) => path === "/token" && fields.get("grant_type") === grantType);
  }

  scopeOf(accessToken: string): string | undefined {
    return this.#access.get(accessToken);
  }

  expireAccess(): void {
    this.#access.clear();
  }

  revokeAll(): void {
    this.expireAccess();
    for (const family of this.#families.values()) family.isRevoked = true;
  }

  approveDevice(userCode: string): void {
    for (const device of this.#devices.values()) if (device.userCode === userCode) device.isApproved = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = await request.text();
    const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
    const fields = isForm ? new URLSearchParams(body) : url.searchParams;
    this.requests.push({ method: request.method, path: url.pathname, fields, headers: request.headers });
    const { manner } = this;
    const endpoints: Readonly<Record<string, () => Response | Promise<Response>>> = {
      "/.well-known/oauth-authorization-server": () => Response.json(this.#metadata()),
      "/authorize": () => this.#authorize(fields),
      "/token": async () => (await manner.onToken?.(fields)) ?? this.#token(fields, request.headers),
      ...(manner.registration && { "/register": () => this.#register(JSON.parse(body) as Record<string, unknown>) }),
      ...(manner.revocation && { "/revoke": async () => (await manner.onRevoke?.()) ?? this.#revoke(fields, request.headers) }),
      ...(manner.device && { "/device": () => this.#startDevice(fields) }),
    };
    return (await endpoints[url.pathname]?.()) ?? new Response("not found", { status: 404 });
  }

  #metadata(): Record<string, unknown> {
    const { issuer, manner } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      ...(manner.registration && { registration_endpoint: `${issuer}/register` }),
      ...(manner.device && { device_authorization_endpoint: `${issuer}/device` }),
      ...(manner.revocation && { revocation_endpoint: `${issuer}/revoke` }),
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      token_endpoint_auth_methods_supported: manner.authMethods,
      ...(manner.pkce && { code_challenge_methods_supported: manner.pkce }),
      ...(manner.scopes && { scopes_supported: manner.scopes }),
      ...(manner.documents && { client_id_metadata_document_supported: true }),
      authorization_response_iss_parameter_supported: manner.advertisesIss,
      ...manner.metadata,
    };
  }

  #register(metadata: Record<string, unknown>): Response {
    const client_id = `client-${++this.#made}`;
    const isPublic = metadata["token_endpoint_auth_method"] === "none";
    const client_secret = isPublic ? undefined : `client-secret-${this.#made}`;
    this.#clients.set(client_id, client_secret);
    return Response.json({ ...metadata, client_id, client_secret }, { status: 201 });
  }

  /** Signs everybody in at once, as a person would who agrees. */
  #authorize(fields: URLSearchParams): Response {
    const redirectUri = fields.get("redirect_uri")!;
    if (fields.get("code_challenge_method") !== "S256" || !fields.get("code_challenge")) return refuse("invalid_request");
    const code = `code-${++this.#made}`;
    this.#codes.set(code, {
      clientId: fields.get("client_id")!,
      challenge: fields.get("code_challenge")!,
      redirectUri,
      scope: fields.get("scope") ?? "",
      resource: fields.get("resource"),
    });
    const back = new URL(redirectUri);
    back.searchParams.set("code", code);
    back.searchParams.set("state", fields.get("state") ?? "");
    const iss = this.manner.iss(this.issuer);
    if (iss !== undefined) back.searchParams.set("iss", iss);
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  /** Ends the token alone: not every server ends what belongs to it. */
  #revoke(fields: URLSearchParams, headers: Headers): Response {
    const { clientId, isKnown } = this.#clientIn(fields, headers);
    if (!isKnown) return refuse("invalid_client", 401);
    const token = fields.get("token") ?? "";
    this.#access.delete(token);
    const family = this.#families.get(token);
    if (family?.clientId === clientId) family.isRevoked = true;
    return new Response(null, { status: 200 });
  }

  #clientIn(fields: URLSearchParams, headers: Headers): { clientId: string; isKnown: boolean } {
    const { clientId, secret } = clientIn(fields, headers);
    return { clientId, isKnown: !this.#clients.has(clientId) || this.#clients.get(clientId) === secret };
  }

  #token(fields: URLSearchParams, headers: Headers): Response {
    const { clientId, isKnown } = this.#clientIn(fields, headers);
    if (!isKnown) return refuse("invalid_client", 401);
    switch (fields.get("grant_type")) {
      case "authorization_code":
        return this.#redeem(fields, clientId);
      case "refresh_token":
        return this.#refresh(fields.get("refresh_token") ?? "", clientId);
      case "urn:ietf:params:oauth:grant-type:device_code":
        return this.#pollDevice(fields.get("device_code") ?? "", clientId);
      default:
        return refuse("unsupported_grant_type");
    }
  }

  #redeem(fields: URLSearchParams, clientId: string): Response {
    const code = this.#codes.get(fields.get("code") ?? "");
    this.#codes.delete(fields.get("code") ?? "");
    const fits =
      code?.clientId === clientId &&
      code.redirectUri === fields.get("redirect_uri") &&
      code.challenge === s256(fields.get("code_verifier") ?? "") &&
      code.resource === fields.get("resource");
    return fits ? this.#give({ clientId, scope: this.manner.grants(code.scope), current: "", isRevoked: false }) : refuse("invalid_grant");
  }

  /** A refresh token is good once; one that comes again ends its whole family (RFC 9700 section 4.14.2). */
  #refresh(token: string, clientId: string): Response {
    const family = this.#families.get(token);
    if (family && family.current !== token) family.isRevoked = true;
    if (!family || family.isRevoked || family.clientId !== clientId) return refuse("invalid_grant");
    return this.#give(family);
  }

  #give(family: Family): Response {
    const access_token = `at-${++this.#made}`;
    this.#access.set(access_token, family.scope);
    family.current = `rt-${this.#made}`;
    this.#families.set(family.current, family);
    return Response.json({
      access_token,
      token_type: "Bearer",
      expires_in: this.manner.expiresIn,
      ...(family.scope !== "" && { scope: family.scope }),
      ...(this.manner.refreshTokens && { refresh_token: family.current }),
    });
  }

  #startDevice(fields: URLSearchParams): Response {
    const device_code = `device-${++this.#made}`;
    const userCode = `ABCD-${this.#made}`;
    this.#devices.set(device_code, { clientId: fields.get("client_id")!, scope: fields.get("scope") ?? "", userCode, isApproved: false });
    return Response.json({
      device_code,
      user_code: userCode,
      verification_uri: `${this.issuer}/activate`,
      expires_in: 600,
      interval: 0.01,
    });
  }

  #pollDevice(code: string, clientId: string): Response {
    const device = this.#devices.get(code);
    if (device?.clientId !== clientId) return refuse("invalid_grant");
    if (!device.isApproved) return refuse("authorization_pending");
    this.#devices.delete(code);
    return this.#give({ clientId, scope: device.scope, current: "", isRevoked: false });
  }
}
