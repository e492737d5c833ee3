import type { Kysely } from "kysely";

export interface MigrationContext {
  readonly kind: "sqlite" | "postgres";
  readonly now: number;
}

/** One step of the schema, forward only; it runs in a transaction together with the others that are due. */
export type Migration = (db: Kysely<unknown>, context: MigrationContext) => Promise<void>;
