/** What mcp-hub takes on its command line. */
export interface McpHubArguments {
  /** As typed; undefined where it is missing. */
  readonly port: string | undefined;
  /** As typed, in their order. */
  readonly config: readonly string[];
  readonly watch: boolean;
  readonly autoShutdown: boolean;
  /** Milliseconds. */
  readonly shutdownDelay: number;
  readonly version: boolean;
  readonly help: boolean;
}

type Kind = "text" | "list" | "switch";

const flags: Readonly<Record<string, readonly [name: keyof McpHubArguments, kind: Kind]>> = {
  port: ["port", "text"],
  p: ["port", "text"],
  config: ["config", "list"],
  c: ["config", "list"],
  watch: ["watch", "switch"],
  w: ["watch", "switch"],
  "auto-shutdown": ["autoShutdown", "switch"],
  autoShutdown: ["autoShutdown", "switch"],
  "shutdown-delay": ["shutdownDelay", "text"],
  shutdownDelay: ["shutdownDelay", "text"],
  version: ["version", "switch"],
  help: ["help", "switch"],
  h: ["help", "switch"],
};

/**
 * Reads mcp-hub's command line as mcp-hub does: `--flag value`, `--flag=value`, several values after one `--config`,
 * `--no-watch`, and unknown flags ignored with the value that follows them.
 */
export function parseMcpHubArguments(argv: readonly string[]): McpHubArguments {
  const values = collect([...argv]);
  const last = (name: keyof McpHubArguments) => values.get(name)?.at(-1);
  const isOn = (name: keyof McpHubArguments) => last(name) === "true";
  const delay = Number(last("shutdownDelay"));
  return {
    port: last("port"),
    config: values.get("config") ?? [],
    watch: isOn("watch"),
    autoShutdown: isOn("autoShutdown"),
    shutdownDelay: Number.isFinite(delay) && delay > 0 ? delay : 0,
    version: isOn("version"),
    help: isOn("help"),
  };
}

/** Every value of each flag, in order; takes the words away as it goes. */
function collect(words: string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, negated, typed, assigned] = /^--?(no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (typed === undefined) continue;
    const [name, kind] = lookUp(typed, word) ?? ["ignored", "text"];
    const found = assigned === undefined ? following(kind, { words, negated: negated !== undefined }) : [assigned];
    values.set(name, [...(values.get(name) ?? []), ...found]);
  }
  return values;
}

interface Rest {
  readonly words: string[];
  readonly negated: boolean;
}

/** The values of a flag that stand behind it. */
function following(kind: Kind, { words, negated }: Rest): string[] {
  if (kind === "switch") {
    if (negated) return ["false"];
    return [words[0] === "true" || words[0] === "false" ? words.shift()! : "true"];
  }
  const next = words.findIndex(isFlag);
  const most = next < 0 ? words.length : next;
  return words.splice(0, kind === "list" ? most : Math.min(1, most));
}

/** A letter stands behind one dash, a word behind two. */
function lookUp(typed: string, word: string): readonly [string, Kind] | undefined {
  const isShort = !word.startsWith("--");
  return (typed.length === 1) === isShort && Object.hasOwn(flags, typed) ? flags[typed] : undefined;
}

/** A negative number is a value. */
const isFlag = (word: string) => /^-(?!\d)./.test(word);
