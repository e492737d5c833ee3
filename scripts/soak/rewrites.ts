import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Servers, Subject } from "../bench/subjects.ts";
import { changeAt, type Ask, type Draft } from "./changes.ts";
import type { Down } from "./verdict.ts";

/** The configuration file of the hub, written anew again and again. */
export interface Rewrites {
  /** Makes the next change, and waits until the hub has taken it over; what it says instead is why that is not so. */
  next(): Promise<string | undefined>;
  /** Takes all changes back. */
  undo(): void;
}

export interface RewritesOptions {
  readonly home: string;
  readonly hub: Pick<Subject, "origin">;
  /** Servers that stay. */
  readonly servers: Servers;
  /** Servers that come and go, one at a time. */
  readonly guests: Servers;
  /** Hears of a server that is away because it is connected anew. */
  readonly onDown: (down: Down) => void;
}

/** A server may just be away, and the machine busy. */
const patienceMs = 30_000;

export function createRewrites({ home, hub, servers, guests, onDown }: RewritesOptions): Rewrites {
  const file = join(home, "servers.json");
  const ask: Ask = async (path) => (await fetch(`${hub.origin}/api/v2/${path}`)).json() as ReturnType<Ask>;
  let draft: Draft = { fields: {} };
  let step = 0;

  /** Editors replace the file, or write into it; one after the other. */
  const write = () => {
    const { fields, guest } = draft;
    const all = Object.entries({ ...servers, ...(guest !== undefined && { [guest]: guests[guest] }) });
    const text = JSON.stringify({ mcpServers: Object.fromEntries(all.map(([name, entry]) => [name, { ...entry, ...fields[name] }])) });
    if (step % 2 === 0) return writeFileSync(file, text);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };

  return {
    async next() {
      const { what, make, isSeen, interrupts } = changeAt(step++, { servers, guests });
      const down: Down | undefined = interrupts === undefined ? undefined : { server: interrupts, from: Date.now() };
      if (down) onDown(down);
      make(draft);
      write();
      const isTaken = await isSeenInTime(() => isSeen(ask));
      if (down) down.back = Date.now();
      return isTaken ? undefined : `the hub did not take over ${what} within ${patienceMs / 1_000} s`;
    },
    undo() {
      draft = { fields: {} };
      write();
    },
  };
}

async function isSeenInTime(isSeen: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!(await isSeen())) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(100);
  }
  return true;
}
