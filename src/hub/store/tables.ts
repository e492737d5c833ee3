import type { Generated } from "kysely";

/**
 * Every row of the store, described once. Times are epoch milliseconds, JSON is text, booleans are 0 or 1, ids are UUIDv7
 * text, so that SQLite and PostgreSQL hold and sort the same values.
 */
export interface Tables {
  readonly migrations: MigrationRow;
  readonly tenants: TenantRow;
  readonly settings: SettingRow;
  readonly secrets: SecretRow;
  readonly events: EventRow;
  readonly audit: AuditRow;
  readonly server_capabilities: ServerCapabilitiesRow;
  readonly leases: LeaseRow;
  readonly marketplace_versions: MarketplaceVersionRow;
  readonly marketplace_installs: MarketplaceInstallRow;
  readonly tool_stats: ToolStatsRow;
}

export interface MigrationRow {
  name: string;
  applied_at: number;
}

export interface TenantRow {
  id: string;
  name: string;
  created_at: number;
}

export interface SettingRow {
  tenant_id: string;
  key: string;
  value_json: string;
}

/** `sealed` is an envelope of `vault/seal.ts`; `key_id` repeats the key inside it, for rotation. */
export interface SecretRow {
  tenant_id: string;
  name: string;
  sealed: string;
  key_id: string;
  updated_at: number;
}

export interface EventRow {
  id: Generated<number>;
  /** Which hub published it: hubs that share a store keep a log each. */
  hub: string;
  type: string;
  v: number;
  level: string;
  at: number;
  tenant_id: string;
  data_json: string;
}

/** A link of the audit chain: `hash` covers every other column, `prev_hash` is the hash of the row before. */
export interface AuditRow {
  seq: number;
  at: number;
  tenant_id: string;
  principal: string;
  action: string;
  target: string | null;
  outcome: string;
  ms: number | null;
  details_json: string | null;
  prev_hash: string;
  hash: string;
}

/** What a server could do when it was last seen, so that lists survive its absence. */
export interface ServerCapabilitiesRow {
  tenant_id: string;
  server: string;
  config_hash: string;
  capabilities_json: string;
  at: number;
}

export interface LeaseRow {
  name: string;
  holder: string;
  expires_at: number;
}

/** A version of a server in the registry; `listing_json` is what lists show of it, `entry_json` the registry's own answer. */
export interface MarketplaceVersionRow {
  name: string;
  version: string;
  status: string;
  is_latest: number;
  published_at: number;
  updated_at: number;
  listing_json: string;
  entry_json: string;
}

/** What a tool was used for; `latency_json` counts its calls by how long they took (`stats/latency.ts`). */
export interface ToolStatsRow {
  tenant_id: string;
  tool: string;
  source: string;
  calls: number;
  errors: number;
  latency_json: string;
  results: number;
  result_chars: number;
  largest_result: number;
  first_used_at: number;
  last_used_at: number;
}

/** A server that was installed from the marketplace, by its name in the configuration. */
export interface MarketplaceInstallRow {
  tenant_id: string;
  server: string;
  record_json: string;
  updated_at: number;
}
