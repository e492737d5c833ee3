import { compose } from "../gateway/compose.ts";
import { isDocsPage } from "../gateway/docs-pages.ts";
import { guard, isLoopback } from "../gateway/guard.ts";
import { createListener, type Listener } from "../gateway/listener.ts";
import type { Legacy } from "../gates/successor.ts";
import { observeRequests } from "../gateway/observe-requests.ts";
import { requestId } from "../gateway/request-id.ts";
import { createRoutes } from "../gateway/routes.ts";
import { traceRequests } from "../gateway/trace-requests.ts";
import { HubError } from "../kernel/errors.ts";
import { defaultSocket, workspaceSocket } from "../kernel/paths.ts";
import { localOwner } from "../kernel/principal.ts";
import { isCallback } from "../server-auth/callback-routes.ts";
import { openDoors, type DoorOptions } from "./doors.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Path of the unix socket; false for none. */
  readonly socket: string | false;
}

export interface GatewayOptions extends Omit<DoorOptions, "authenticate" | "port" | "leave"> {
  readonly listen: Partial<ListenOptions>;
  /** What the hub that this one follows has left. */
  readonly legacy: Legacy | undefined;
  /** Somebody asked the hub to end. */
  readonly onLeave: () => void;
}

/** The hub's listening side, once it is open. */
export interface Gateway {
  readonly listener: Listener;
  /** Open sessions, by the transport they are held over. */
  sessions(): { readonly http: number; readonly sse: number };
  /** Ends what is under way, and listens no more, or where another hub has followed, until the listener has lingered. */
  close(options: { readonly isFollowed: boolean }): Promise<void>;
}

const drainMs = 5_000;

/** Opens every HTTP door. */
export async function openGateway({ listen, legacy, onLeave, ...options }: GatewayOptions): Promise<Gateway> {
  const { foundation, areas, metrics } = options;
  const { runtime, config, paths, cwd, tracing } = foundation;
  const settings = config.current().hub;
  const host = loopback(listen.host ?? settings.host);
  const log = foundation.log.area("gateway");
  let port = 0;
  let release = () => {};
  const { routes, endpoint, mcpHub } = openDoors({
    ...options,
    // No user exists yet, so whoever passed the guard of a loopback address or the socket is the person at this machine.
    authenticate: () => localOwner,
    port: () => port,
    leave() {
      release();
      onLeave();
    },
  });
  const layers = compose(
    requestId(runtime.random),
    ...(tracing ? [traceRequests(tracing.tracer)] : []),
    observeRequests({ clock: runtime.clock, log, measure: metrics.request }),
    guard({
      host,
      allowedHosts: settings.allowedHosts,
      isLandingPage: (path) => isDocsPage(path) || isCallback(path),
      bodyLimit: settings.maxBodyBytes,
    }),
  );
  const listener = await createListener({
    handler: layers(createRoutes(routes)),
    host,
    port: (listen.port ?? settings.port) || (legacy?.port ?? 0),
    legacy,
    ...(listen.socket !== false &&
      settings.socket && { socket: { path: listen.socket ?? workspaceSocket(paths, cwd), defaultLink: defaultSocket(paths) } }),
    onBound: (bound) => (port = bound),
    log,
    runtime,
  });
  release = () => listener.release();
  return {
    listener,
    sessions: () => endpoint.sessions(),
    async close({ isFollowed }) {
      mcpHub.stop();
      const stopped = isFollowed ? listener.answered({ deadlineMs: drainMs }) : listener.stop({ deadlineMs: drainMs });
      const late = new AbortController();
      await Promise.race([areas.pipeline.drained(), runtime.clock.sleep(drainMs, late.signal).catch(() => undefined)]);
      late.abort();
      // Streams that wait for nothing in particular end only now, so that the calls under way could answer on them.
      await endpoint[Symbol.asyncDispose]();
      mcpHub[Symbol.dispose]();
      await stopped;
    },
  };
}

/** The address, where only this machine reaches it. */
function loopback(host: string): string {
  if (isLoopback(host.replace(/^\[|\]$/g, ""))) return host;
  throw new HubError("FORBIDDEN", `The hub does not listen on ${host}: everybody who reaches that address could use it`, {
    hint: "Listen on 127.0.0.1, and let an SSH tunnel or a proxy that checks credentials stand before it",
  });
}
