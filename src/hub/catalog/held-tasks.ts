import type { Clock, Random } from "../kernel/runtime.ts";
import type { Result, UseTarget } from "./call.ts";
import type { TaskEra } from "./source.ts";

/** A task that a server runs for somebody, under the id that the hub gave out for it. */
export interface HeldTask {
  readonly id: string;
  /** Its id at its server. */
  readonly own: string;
  readonly era: TaskEra;
  readonly source: string;
  /** The id of the tool that was called, and what it takes to use it. */
  readonly tool: string;
  readonly use: UseTarget;
  readonly principal: string;
  /** In the order they were made. */
  readonly number: number;
  readonly keptMs: number;
  /** As it was last heard of, its life in `ttl` whatever its era. */
  seen: Result;
  keptUntil: number;
}

/**
 * Whose a task is, which server has it, and by what name. Servers see one client, the hub, so it is here that tasks of one
 * principal are kept from another. What is not asked for is forgotten after its time, or first when there are too many.
 */
export interface HeldTasks {
  hold(task: Pick<HeldTask, "own" | "era" | "source" | "tool" | "use" | "principal" | "seen">): HeldTask;
  find(id: string, asker: Pick<HeldTask, "principal" | "era">): HeldTask | undefined;
  /** The task that a server means by an id of its own. */
  named(source: string, own: string): HeldTask | undefined;
  of(asker: Pick<HeldTask, "principal" | "era">): HeldTask[];
  forget(task: HeldTask): void;
}

const mostPerPrincipal = 1_000;
/** How long a task is kept whose server keeps it for ever. */
const unlimitedMs = 24 * 60 * 60_000;

export function createHeldTasks({ clock, random }: { readonly clock: Clock; readonly random: Pick<Random, "bytes"> }): HeldTasks {
  // Each in the order they were last asked for.
  const byId = new Map<string, HeldTask>();
  const byOwn = new Map<string, HeldTask>();
  let number = 0;
  const ownKey = ({ source, own }: Pick<HeldTask, "source" | "own">) => JSON.stringify([source, own]);
  const forget = (task: HeldTask) => {
    byId.delete(task.id);
    if (byOwn.get(ownKey(task)) === task) byOwn.delete(ownKey(task));
  };
  const renew = (task: HeldTask) => {
    task.keptUntil = clock.now() + task.keptMs;
    byId.delete(task.id);
    byId.set(task.id, task);
  };
  const sweep = () => {
    const now = clock.now();
    for (const task of byId.values()) if (task.keptUntil <= now) forget(task);
  };
  const of = ({ principal, era }: Pick<HeldTask, "principal" | "era">) => {
    sweep();
    return [...byId.values()].filter((task) => task.principal === principal && task.era === era);
  };
  return {
    hold(given) {
      const [oldest, ...others] = of(given);
      if (oldest && others.length + 1 >= mostPerPrincipal) forget(oldest);
      // A server that was restarted may count anew: whoever had the task of that name before has lost it.
      const before = byOwn.get(ownKey(given));
      if (before) forget(before);
      const id = Buffer.from(random.bytes(16)).toString("hex");
      const task: HeldTask = { ...given, id, number: ++number, keptMs: lifeOf(given.seen), keptUntil: 0 };
      byOwn.set(ownKey(task), task);
      renew(task);
      return task;
    },
    find(id, { principal, era }) {
      const task = byId.get(id);
      if (task?.principal !== principal || task.era !== era || task.keptUntil <= clock.now()) return undefined;
      renew(task);
      return task;
    },
    named: (source, own) => byOwn.get(ownKey({ source, own })),
    of: (asker) => of(asker).toSorted((a, b) => a.number - b.number),
    forget,
  };
}

const lifeOf = ({ ttl }: Result): number => (typeof ttl === "number" && ttl > 0 ? ttl : unlimitedMs);
