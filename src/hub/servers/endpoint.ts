/** How to reach a server, with every placeholder filled in: what a connection is made from. */
export type Endpoint = StdioEndpoint | RemoteEndpoint;

export interface StdioEndpoint {
  readonly kind: "stdio";
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly allowEnv?: readonly string[];
}

export interface RemoteEndpoint {
  readonly kind: "remote";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: Streamable HTTP first, then HTTP+SSE on the same URL. */
  readonly transport?: "http" | "sse";
  /** How to sign in where the server asks for it; false: not at all. */
  readonly auth?: AuthSettings | false;
}

/** What the owner knows of signing in at a server; everything else is discovered. */
export interface AuthSettings {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
  /** The authorization server it must be. */
  readonly issuer?: string;
  readonly clientMetadataUrl?: string;
  readonly redirectUrl?: string;
}

/** What the configuration says of a server, as far as the servers area needs it. */
export interface ServerEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly disabled: boolean;
  readonly configSource: string;
  readonly transport: "stdio" | "http" | "sse";
  readonly command?: readonly string[];
  readonly url?: string;
  /** Changes when a field changes that the connection depends on; filters, the title, the time limit of calls and `disabled` are none of them. */
  readonly fingerprint: string;
  /** Its source files, whose change restarts it. */
  readonly dev?: DevSources;
  readonly startTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly filter: CapabilityFilter;
  /** Fills in the placeholders; called anew for every connection. */
  readonly endpoint: () => Promise<Endpoint>;
}

/** Files below `cwd` that match any of the globs. */
export interface DevSources {
  readonly cwd: string;
  readonly watch: readonly string[];
}

/** Which of a server's definitions are offered. */
export interface CapabilityFilter {
  readonly tool: (name: string) => boolean;
  readonly resource: (uri: string) => boolean;
  readonly resourceTemplate: (uriTemplate: string) => boolean;
  readonly prompt: (name: string) => boolean;
}
