import type { Server } from "bun";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { Handler } from "./compose.ts";
import type { Exchange } from "./exchange.ts";
import { caught, failure } from "./failure.ts";
import { defaultBodyLimit } from "./guard.ts";
import { occupantOf } from "./listening-hub.ts";
import { claimLink, claimSocket, releaseLink } from "./socket-file.ts";

export interface ListenerOptions {
  readonly handler: Handler;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly socket?: SocketOptions;
  /** Called with the port before the first request can come, which is before the listener is whole. */
  readonly onBound?: (port: number) => void;
  readonly log: Log;
  readonly runtime: Pick<Runtime, "clock" | "fetch" | "random">;
}

export interface SocketOptions {
  readonly path: string;
  /** A symlink to claim where no other hub answers through it. */
  readonly defaultLink?: string;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Where clients reach it, without trailing slash. */
  readonly url: string;
  /** The unix socket; undefined where none was asked for or could be made. */
  readonly socket: string | undefined;
  /** Lets go of the port, so that another hub may take it, and goes on with the requests under way. */
  release(): void;
  /** Refuses new requests at once, lets those under way finish until the deadline, then cuts them. */
  stop(options: { readonly deadlineMs: number }): Promise<void>;
}

type BunServer = Server<undefined>;

const bindPatienceMs = 1500;
const bindPauseMs = 50;
const idleSeconds = 30;

/** Listens on TCP and, where asked, on a unix socket; both serve the same handler. */
export async function createListener(options: ListenerOptions): Promise<Listener> {
  const closing = new AbortController();
  const tcp = await bindTcp(options, closing.signal);
  options.onBound?.(tcp.port!);
  const unix = options.socket && (await bindSocket(options.socket, { ...options, port: tcp.port! }, closing.signal));
  const servers = unix ? [tcp, unix.server] : [tcp];
  return {
    host: options.host,
    port: tcp.port!,
    url: urlOf(options.host, tcp.port!),
    socket: unix?.path,
    release() {
      for (const server of servers) void server.stop();
    },
    async stop({ deadlineMs }) {
      const done = servers.map((server) => server.stop());
      closing.abort();
      if (unix && options.socket?.defaultLink !== undefined) await releaseLink(options.socket.defaultLink, unix.path);
      const late = new AbortController();
      await Promise.race([Promise.all(done), options.runtime.clock.sleep(deadlineMs, late.signal).catch(() => undefined)]);
      late.abort();
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

const urlOf = (host: string, port: number) => `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;

/** A hub that is just being replaced needs a moment to let go of its port. */
async function bindTcp(options: ListenerOptions, closing: AbortSignal): Promise<BunServer> {
  const { clock } = options.runtime;
  const deadline = clock.monotonic() + bindPatienceMs;
  for (;;) {
    try {
      return serve({ hostname: options.host, port: options.port }, options, closing);
    } catch (cause) {
      if (codeOf(cause) !== "EADDRINUSE") throw cannotListen(cause, options);
      if (clock.monotonic() >= deadline) throw await portTaken(options);
      await clock.sleep(bindPauseMs);
    }
  }
}

type Address = { readonly hostname: string; readonly port: number } | { readonly unix: string };

function serve(address: Address, { handler, log }: ListenerOptions, closing: AbortSignal): BunServer {
  const via = "unix" in address ? "unix" : "tcp";
  return Bun.serve({
    ...address,
    development: false,
    // Bun shares ports between processes as soon as `development` is off, and two hubs would each get half the requests.
    reusePort: false,
    idleTimeout: idleSeconds,
    // The guard measures bodies and answers in JSON; this only bounds what a body of unknown length may pile up unread.
    maxRequestBodySize: defaultBodyLimit * 16,
    fetch: async (request, server) => {
      const exchange: Exchange = {
        via,
        get peer() {
          return server.requestIP(request)?.address;
        },
        closing,
        requestId: "",
        route: undefined,
        keepOpen: () => server.timeout(request, 0),
      };
      try {
        return await handler(request, exchange);
      } catch (cause) {
        return failure(caught(cause, exchange, log), exchange);
      }
    },
    error: (cause) => failure(caught(cause, { requestId: "" }, log), { requestId: "" }),
  } as Bun.Serve.Options<undefined>);
}

async function bindSocket(
  socket: SocketOptions,
  options: ListenerOptions,
  closing: AbortSignal,
): Promise<{ path: string; server: BunServer } | undefined> {
  const { runtime, log } = options;
  const isAnswered = async (path: string) => (await occupantOf({ base: "http://hub", unix: path }, runtime)).is !== "nobody";
  const unique = () => runtime.random.id();
  try {
    const names = [socket.path, socket.path.replace(/(\.sock)?$/, `-${options.port}.sock`)];
    const claimed = await claimSocket({ names, bind: (path) => serve({ unix: path }, options, closing), isAnswered, unique });
    if (socket.defaultLink !== undefined)
      await claimLink(socket.defaultLink, claimed.path, { isAnswered, unique }).catch((cause: unknown) =>
        log.warn("The hub could not become the default one", { link: socket.defaultLink, error: cause }),
      );
    return claimed;
  } catch (cause) {
    log.warn("The hub has no unix socket, so commands must be told its address", { path: socket.path, error: cause });
    return undefined;
  }
}

async function portTaken({ host, port, runtime }: ListenerOptions): Promise<HubError> {
  const occupant = await occupantOf(
    { base: urlOf(host === "0.0.0.0" || host === "::" ? "localhost" : host, port), unix: undefined },
    runtime,
  );
  const holder = occupant.is === "hub" ? occupant.name : "another program";
  return new HubError("CONFLICT", `Port ${port} on ${host} is held by ${holder}`, {
    hint: "Stop it, or choose another port with --port",
    details: { port, holder },
  });
}

function cannotListen(cause: unknown, { host, port }: ListenerOptions): HubError {
  if (codeOf(cause) === "EACCES")
    return new HubError("FORBIDDEN", `This user may not listen on port ${port}`, { hint: "Choose a port above 1023 with --port", cause });
  return new HubError("VALIDATION", `The hub cannot listen on ${host} port ${port}`, {
    hint: "Give an address of this machine with --host and a port with --port",
    cause,
  });
}

const codeOf = (cause: unknown): string | undefined => (cause as { code?: string } | undefined)?.code;
