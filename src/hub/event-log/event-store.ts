import { sql, type Kysely } from "kysely";
import type { EventLevel, HubEvent } from "../kernel/event.ts";
import type { Appender } from "../store/appender.ts";
import type { Store } from "../store/store.ts";
import type { EventRow, Tables } from "../store/tables.ts";
import { levelsFrom, likeOf, type EventFilter } from "./event-filter.ts";

export type NewEvent = Omit<EventRow, "id">;

const columns = ["hub", "type", "v", "level", "at", "tenant_id", "data_json"] as const;

/** The writer of the log; it answers ids, which grow in the order the events come to be seen. */
export const createEventWriter = (store: Store): Appender<NewEvent, number> =>
  store.appender<NewEvent, number>({
    name: "events",
    onSqlite(sqlite) {
      const insert = sqlite.statement(`insert into events (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`);
      return (events) => events.map((event) => insert.run(...columns.map((column) => event[column])));
    },
    async onPostgres(db, events) {
      const rows = await db.insertInto("events").values(events).returning("id").execute();
      return rows.map(({ id }) => id).toSorted((a, b) => a - b);
    },
  });

export interface ReadEvents {
  readonly hub: string;
  readonly filter: EventFilter;
  /** Only events behind this id; without it, the newest ones. */
  readonly after?: number;
  readonly limit: number;
}

/** Events of one hub, oldest first. */
export async function readEvents(
  db: Kysely<Tables>,
  { hub, filter: { types, level, tenant }, after, limit }: ReadEvents,
): Promise<HubEvent[]> {
  const rows = await db
    .selectFrom("events")
    .selectAll()
    .where("hub", "=", hub)
    .$if(after !== undefined, (query) => query.where("id", ">", after!))
    .$if(tenant !== undefined, (query) => query.where("tenant_id", "=", tenant!))
    .$if(level !== undefined && level !== "debug", (query) => query.where("level", "in", levelsFrom(level!)))
    .$if(types !== undefined, (query) =>
      query.where((eb) => eb.or(types!.map((glob) => sql<boolean>`type like ${likeOf(glob)} escape '\\'`))),
    )
    .orderBy("id", after === undefined ? "desc" : "asc")
    .limit(limit)
    .execute();
  return (after === undefined ? rows.toReversed() : rows).map(eventOf);
}

const eventOf = ({ id, type, v, level, at, tenant_id, data_json }: Omit<EventRow, "id"> & { id: number }): HubEvent => ({
  id,
  type,
  v,
  level: level as EventLevel,
  at,
  tenant: tenant_id,
  data: JSON.parse(data_json),
});

export interface Retention {
  readonly perHub: number;
  /** Epoch ms: events from before go. */
  readonly notBefore: number;
}

/** Deletes what is too old or too much, of every hub in the store. */
export async function pruneEvents(db: Kysely<Tables>, { perHub, notBefore }: Retention): Promise<void> {
  const hubs = await db.selectFrom("events").select("hub").distinct().execute();
  for (const { hub } of hubs) {
    const firstTooMuch = db.selectFrom("events").select("id").where("hub", "=", hub).orderBy("id", "desc").offset(perHub).limit(1);
    await db
      .deleteFrom("events")
      .where("hub", "=", hub)
      .where((eb) => eb.or([eb("at", "<", notBefore), eb("id", "<=", firstTooMuch)]))
      .execute();
  }
}
