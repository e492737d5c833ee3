interface Finalizable {
  finalize(): void;
}

export interface StatementCache<Prepared> {
  /** Prepares a statement that stays. */
  keep(sql: string): Prepared;
  /** A statement prepared not long ago, or now. */
  recent(sql: string): Prepared;
  finalizeAll(): void;
}

/** Makes the prepared statements of a connection, which have to be finalized before it closes. */
export function createStatementCache<Prepared extends Finalizable>(
  prepare: (sql: string) => Prepared,
  limit: number,
): StatementCache<Prepared> {
  const kept: Prepared[] = [];
  const recent = new Map<string, Prepared>();
  return {
    keep(sql) {
      const prepared = prepare(sql);
      kept.push(prepared);
      return prepared;
    },
    recent(sql) {
      const prepared = recent.get(sql) ?? prepare(sql);
      recent.delete(sql);
      recent.set(sql, prepared);
      if (recent.size > limit) {
        const [oldest, unused] = recent.entries().next().value!;
        recent.delete(oldest);
        unused.finalize();
      }
      return prepared;
    },
    finalizeAll() {
      for (const prepared of [...kept, ...recent.values()]) prepared.finalize();
    },
  };
}
