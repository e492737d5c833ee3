import { events } from "../events.ts";
import { createWorkspaces, type Workspaces, type WorkspacesDeps } from "../workspaces/workspaces.ts";
import type { Foundation } from "./foundation.ts";

/** This hub on the list of running hubs, under the files it was given. */
export function assembleWorkspaces(
  { runtime, log, cwd, config, bus }: Foundation,
  options: Pick<WorkspacesDeps, "shutdownDelayMs" | "onDeserted">,
): Workspaces {
  return createWorkspaces({
    runtime,
    log: log.area("workspaces"),
    cwd,
    configFiles: config.current().files.map(({ path }) => path),
    onChange: (entries) => bus.publish(events.workspaces.changed, { ports: Object.values(entries).map(({ port }) => port) }),
    ...options,
  });
}
