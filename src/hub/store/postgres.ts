import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Tables } from "./tables.ts";

/** Connects to PostgreSQL, and fails at once when it cannot. */
export async function openPostgres(url: string, log: Log): Promise<Kysely<Tables>> {
  const { host, pathname } = new URL(url);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "hubctl",
    max: 10,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on("error", (cause) => log.warn("a connection to PostgreSQL broke while idle", { cause }));
  try {
    (await pool.connect()).release();
  } catch (cause) {
    await pool.end();
    throw new HubError("UNAVAILABLE", `PostgreSQL at ${host}${pathname} cannot be reached: ${(cause as Error).message}`, {
      hint: "Check the address, the user and the password in HUBCTL_STORE, and that the server accepts connections",
      cause,
    });
  }
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
