import { defaultTenant } from "../kernel/principal.ts";
import type { Store } from "../store/store.ts";
import type { Listing } from "./listing.ts";
import type { RegistryEntry, statuses } from "./server-json.ts";

/** A version as the registry told it, without its entry. */
export interface KnownVersion {
  readonly name: string;
  readonly version: string;
  readonly status: (typeof statuses)[number];
  readonly isLatest: boolean;
  readonly publishedAt: number;
  readonly updatedAt: number;
  readonly listing: Listing;
}

/** How far the registry has been followed. */
export interface SyncState {
  /** RFC 3339; everything that changed before it is known. */
  readonly since?: string;
  /** Where a run that was cut short goes on, and the newest change it had seen. */
  readonly cursor?: string;
  readonly seen?: string;
  readonly at?: number;
  readonly error?: string;
}

/** What was learned from the registry since the bundled lists were made. */
export interface VersionStore {
  all(): Promise<KnownVersion[]>;
  entry(name: string, version: string): Promise<RegistryEntry | undefined>;
  put(rows: readonly { readonly known: KnownVersion; readonly entry: RegistryEntry }[]): Promise<void>;
  state(): Promise<SyncState>;
  setState(state: SyncState): Promise<void>;
}

const stateKey = "marketplace.sync";

export function createVersionStore({ db }: Store): VersionStore {
  return {
    async all() {
      const rows = await db
        .selectFrom("marketplace_versions")
        .select(["name", "version", "status", "is_latest", "published_at", "updated_at", "listing_json"])
        .execute();
      return rows.map((row) => ({
        name: row.name,
        version: row.version,
        status: row.status as KnownVersion["status"],
        isLatest: row.is_latest === 1,
        publishedAt: row.published_at,
        updatedAt: row.updated_at,
        listing: JSON.parse(row.listing_json) as Listing,
      }));
    },
    async entry(name, version) {
      const row = await db
        .selectFrom("marketplace_versions")
        .select("entry_json")
        .where("name", "=", name)
        .where("version", "=", version)
        .executeTakeFirst();
      return row && (JSON.parse(row.entry_json) as RegistryEntry);
    },
    async put(rows) {
      await db.transaction().execute(async (transaction) => {
        for (const { known, entry } of rows) {
          const values = {
            status: known.status,
            is_latest: known.isLatest ? 1 : 0,
            published_at: known.publishedAt,
            updated_at: known.updatedAt,
            listing_json: JSON.stringify(known.listing),
            entry_json: JSON.stringify(entry),
          };
          await transaction
            .insertInto("marketplace_versions")
            .values({ name: known.name, version: known.version, ...values })
            .onConflict((conflict) => conflict.columns(["name", "version"]).doUpdateSet(values))
            .execute();
        }
      });
    },
    ...createSyncState(db),
  };
}

function createSyncState(db: Store["db"]): Pick<VersionStore, "state" | "setState"> {
  return {
    async state() {
      const row = await db
        .selectFrom("settings")
        .select("value_json")
        .where("tenant_id", "=", defaultTenant)
        .where("key", "=", stateKey)
        .executeTakeFirst();
      return row ? (JSON.parse(row.value_json) as SyncState) : {};
    },
    async setState(state) {
      const value_json = JSON.stringify(state);
      await db
        .insertInto("settings")
        .values({ tenant_id: defaultTenant, key: stateKey, value_json })
        .onConflict((conflict) => conflict.columns(["tenant_id", "key"]).doUpdateSet({ value_json }))
        .execute();
    },
  };
}
