import type { Servers } from "../bench/subjects.ts";

/** What is configured at the moment, besides what always is. */
export interface Draft {
  /** Further fields of servers. */
  readonly fields: Record<string, Readonly<Record<string, unknown>>>;
  guest?: string;
}

/** A change of the configuration, and how it shows that the hub runs with it. */
export interface Change {
  readonly what: string;
  readonly make: (draft: Draft) => void;
  readonly isSeen: (ask: Ask) => Promise<boolean>;
  /** The server that has to be connected anew for it. */
  readonly interrupts?: string;
}

/** Asks the hub's REST door. */
export type Ask = (path: string) => Promise<Answer>;

interface Answer {
  readonly description?: string;
  readonly state?: string;
  readonly since?: number;
  readonly items?: readonly { readonly id: string }[];
  readonly error?: object;
}

const changesInARound = 5;

/** In turn: a description, a server more, a filter, a server less, a field that the connection depends on; each round of other servers. */
export function changeAt(step: number, { servers, guests }: { readonly servers: Servers; readonly guests: Servers }): Change {
  const round = Math.floor(step / changesInARound);
  const pick = (from: Servers, index: number) => Object.keys(from)[index % Object.keys(from).length]!;
  const [described, filtered, connected] = [0, 7, 11].map((offset) => pick(servers, round * 3 + offset));
  const guest = pick(guests, round);
  const inTurn = [describes(described!, round), adds(guest), filters(filtered!), removes(guest), reconnects(connected!, round)];
  return inTurn[step % changesInARound]!;
}

function describes(name: string, round: number): Change {
  const description = `Described in round ${round}`;
  return {
    what: `the description of ${name}`,
    make: ({ fields }) => void (fields[name] = { ...fields[name], description }),
    isSeen: async (ask) => (await ask(`servers/${name}`)).description === description,
  };
}

const adds = (guest: string): Change => ({
  what: `a server more, ${guest}`,
  make: (draft) => void (draft.guest = guest),
  isSeen: async (ask) => (await ask(`servers/${guest}`)).state === "ready",
});

const removes = (guest: string): Change => ({
  what: `a server less, ${guest}`,
  make: (draft) => void delete draft.guest,
  isSeen: async (ask) => (await ask(`servers/${guest}`)).error !== undefined,
});

/** Hides a tool that nobody calls, or shows it again. */
function filters(name: string): Change {
  let hides = false;
  return {
    what: `the filter of ${name}`,
    make({ fields }) {
      hides = fields[name]?.["disabled_tools"] === undefined;
      fields[name] = { ...fields[name], disabled_tools: hides ? ["spare"] : undefined };
    },
    async isSeen(ask) {
      const { items = [] } = await ask(`tools?source=${name}`);
      return items.length > 0 && items.some(({ id }) => id === `${name}.spare`) !== hides;
    },
  };
}

/** Every kind of server has `env`; none of them reads this. */
function reconnects(name: string, round: number): Change {
  let madeAt = 0;
  return {
    what: `the connection of ${name}`,
    interrupts: name,
    make({ fields }) {
      madeAt = Date.now();
      fields[name] = { ...fields[name], env: { ROUND: String(round) } };
    },
    async isSeen(ask) {
      const { state, since = 0 } = await ask(`servers/${name}`);
      return state === "ready" && since > madeAt;
    },
  };
}
