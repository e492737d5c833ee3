/** Work under a name is done one after the other, and work that is the same as what is under way is not done again. */
export type InTurn = <T>(name: string, key: string, work: () => Promise<T>) => Promise<T>;

export function createInTurn(): InTurn {
  const last = new Map<string, { readonly key: string; readonly done: Promise<unknown> }>();
  return async <T>(name: string, key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(name);
    if (before?.key === key) return before.done as Promise<T>;
    const done = before ? before.done.then(work, work) : work();
    const turn = { key, done };
    last.set(name, turn);
    try {
      return await done;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}
