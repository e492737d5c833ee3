import { eventLevels, type HubEvent } from "#hub/kernel/event.ts";
import { command } from "../command.ts";
import { timeText } from "../output/cell.ts";
import { jsonLine } from "../output/json.ts";
import { cleanLine } from "../output/sanitize.ts";
import { styles } from "../output/style.ts";
import { fitText } from "../output/table.ts";
import type { Output } from "../terminal.ts";

export const eventsTail = command({
  name: "tail",
  summary: "Follow what happens, until Ctrl-C",
  examples: [
    { line: "hubctl events tail --types 'servers.*' --level warn", means: "what is wrong with servers" },
    { line: "hubctl events tail --json | jq .type", means: "one JSON object a line" },
  ],
  flags: {
    types: {
      type: "array",
      items: { type: "string" },
      hint: "type",
      description: "Only these types, with commas or repeated; * stands for any text",
    },
    level: { type: "string", enum: eventLevels, description: "Only this level and louder ones" },
    filter: { type: "array", items: { type: "string" }, hint: "word", description: "Only events that contain this word; repeatable" },
    after: { type: "integer", hint: "id", description: "Begin behind this event id, not with the next event" },
  },
  async run({ types, level, filter, after }, { terminal, globals, signal, connect }) {
    const wanted = types?.flatMap((list) => list.split(","));
    const matches = filterOf({ level, words: filter });
    await using connection = await connect(globals);
    try {
      for await (const event of connection.events({ types: wanted, after, signal }))
        if (matches(event)) terminal.stdout.write(globals.json === undefined ? eventLine(event, terminal.stdout) : jsonLine(event));
    } catch (cause) {
      if (!signal.aborted) throw cause;
    }
    return 0;
  },
});

interface EventWish {
  readonly level: HubEvent["level"] | undefined;
  readonly words: readonly string[] | undefined;
}

function filterOf({ level = "debug", words = [] }: EventWish): (event: HubEvent) => boolean {
  const floor = eventLevels.indexOf(level);
  const lower = words.map((word) => word.toLowerCase());
  return (event) => {
    if (eventLevels.indexOf(event.level) < floor) return false;
    if (lower.length === 0) return true;
    const text = `${event.type} ${JSON.stringify(event.data)}`.toLowerCase();
    return lower.every((word) => text.includes(word));
  };
}

/** For a person one line of the terminal, for a program tab-separated values. */
function eventLine(event: HubEvent, stdout: Output): string {
  const at = timeText(event.at);
  const data = cleanLine(JSON.stringify(event.data) ?? "");
  if (!stdout.isTTY) return `${[event.id, at, event.level, cleanLine(event.type), data].join("\t")}\n`;
  const style = styles(stdout.colour);
  const tint = { debug: style.dim, info: String, warn: style.yellow, error: style.red }[event.level];
  return `${fitText(`${style.dim(at.slice(11, 23))} ${tint(event.level.padEnd(5))} ${cleanLine(event.type)} ${style.dim(data)}`, stdout.columns)}\n`;
}
