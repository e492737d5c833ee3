import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Servers, Subject } from "../bench/subjects.ts";
import { changeAt, type Ask, type Draft } from "./changes.ts";

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
}

const patienceMs = 8_000;

export function createRewrites({ home, hub, servers, guests }: RewritesOptions): Rewrites {
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
      const { what, make, isSeen } = changeAt(step++, { servers, guests });
      make(draft);
      write();
      const deadline = performance.now() + patienceMs;
      while (!(await isSeen(ask))) {
        if (performance.now() > deadline) return `the hub did not take over ${what} within ${patienceMs / 1_000} s`;
        await Bun.sleep(100);
      }
      return undefined;
    },
    undo() {
      draft = { fields: {} };
      write();
    },
  };
}
