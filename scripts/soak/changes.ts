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
}

/** Asks the hub's REST door. */
export type Ask = (path: string) => Promise<Answer>;

interface Answer {
  readonly description?: string;
  readonly state?: string;
  readonly items?: readonly { readonly id: string }[];
  readonly error?: object;
}

/** In turn: a field that changes nothing for callers, a server more, another filter, a server less; each round of other servers. */
export function changeAt(step: number, { servers, guests }: { readonly servers: Servers; readonly guests: Servers }): Change {
  const round = Math.floor(step / 4);
  const pick = (from: Servers, index: number) => Object.keys(from)[index % Object.keys(from).length]!;
  const [described, filtered, guest] = [pick(servers, round * 3), pick(servers, round * 3 + 7), pick(guests, round)];
  const inTurn = [describes(described, round), adds(guest), filters(filtered), removes(guest)];
  return inTurn[step % inTurn.length]!;
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
