import type { SeenEvent } from "./follow-events.ts";
import { shapeOf, type Shape } from "./shape.ts";

/** One shape for each event name, or type of `subscription_event`. */
export function eventShapes(seen: readonly SeenEvent[], port: number): Record<string, Shape> {
  const kinds = Map.groupBy(seen, ({ event, data }) =>
    event === "subscription_event" ? `${event} ${String(data["type"])}` : event === "log" ? `log ${String(data["type"])}` : event,
  );
  return Object.fromEntries(
    [...kinds].map(([kind, events]) => [
      kind,
      shapeOf(
        events.map(({ event, data }) => withoutData(event, data)),
        { [port]: "<port>" },
      ),
    ]),
  );
}

const lists = ["tools", "resources", "resourceTemplates", "prompts"];

/** What servers offer, and what a log line is about, is data: it is compared where it is answered. */
function withoutData(event: string, data: SeenEvent["data"]): object {
  const entries = Object.entries(data).map(
    ([key, value]) => [key, (event === "log" && key === "data") || lists.includes(key) ? {} : value] as const,
  );
  return Object.fromEntries(entries);
}
