const pauseMs = 25;

/** Asks again and again until the answer is something, and gives it back; `what` is said when it never is. */
export async function until<T>(what: string, ask: () => T | Promise<T>, withinMs = 15_000): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > deadline) throw new Error(`It never came true within ${withinMs} ms that ${what}`);
    // oxlint-disable-next-line no-restricted-properties -- another program tells nobody that something has become true
    await Bun.sleep(pauseMs);
  }
}
