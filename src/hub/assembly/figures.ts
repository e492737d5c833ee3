import type { Figures } from "../metrics/hub-metrics.ts";
import type { LiveAreas } from "./areas.ts";
import type { Foundation } from "./foundation.ts";
import type { Gateway } from "./gateway.ts";
import { countStates } from "./status.ts";

export interface FigureParts {
  readonly foundation: Pick<Foundation, "bus" | "spawnGate" | "tracing">;
  readonly areas: () => Pick<LiveAreas, "servers" | "catalog" | "pipeline">;
  readonly gateway: () => Pick<Gateway, "sessions"> | undefined;
}

/** What the metrics look up when somebody asks for them. */
export function figuresOf({ foundation: { bus, spawnGate, tracing }, areas, gateway }: FigureParts): Figures {
  return {
    servers: () => countStates(areas().servers),
    serverStates: () =>
      areas()
        .servers.all()
        .map(({ entry, status }) => [entry.name, status.state]),
    sessions: () => ({ ...(gateway()?.sessions() ?? { http: 0, sse: 0 }) }),
    callsRunning: () => areas().pipeline.running(),
    refusedTools: () => {
      const { catalog, pipeline } = areas();
      return catalog.snapshot().tools.flatMap((tool) => (pipeline.refusedForMs(tool) === undefined ? [] : [tool.source.id]));
    },
    processes: () => spawnGate.count(),
    eventsDropped: () => ({ ...bus.dropped() }),
    spans: () => ({ ...tracing?.counts() }),
  };
}
