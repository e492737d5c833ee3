/** Who asks: the local owner, a user, a token or a client. Built by a door, never by the caller. */
export interface Principal {
  readonly id: string;
  readonly kind: "owner" | "user" | "token" | "client" | "system";
  readonly tenant: string;
  readonly roles: readonly string[];
  /** Granted scopes, `"all"` for the local owner. */
  readonly scopes: ReadonlySet<string> | "all";
  /** Sources this principal may use; undefined means every one of its tenant. */
  readonly sources?: readonly string[];
  /** Only tools that read. */
  readonly readOnly?: boolean;
}

export const defaultTenant = "default";

/** The person at this machine: what loopback and the unix socket mean while no user exists. */
export const localOwner: Principal = { id: "local", kind: "owner", tenant: defaultTenant, roles: ["admin", "owner"], scopes: "all" };
