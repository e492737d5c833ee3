import type { Server } from "bun";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Clock, Runtime } from "../kernel/runtime.ts";
import type { Legacy } from "../gates/successor.ts";
import type { Handler } from "./compose.ts";
import { createDesk, type Desk } from "./desk.ts";
import type { Heir } from "./forward.ts";
import { defaultBodyLimit } from "./guard.ts";
import { occupantOf } from "./listening-hub.ts";
import { sharedPort, type SharedPort } from "./shared-port.ts";
import { claimLink, claimSocket, releaseLink, type ClaimedSocket } from "./socket-file.ts";

export interface ListenerOptions {
  readonly handler: Handler;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly socket?: SocketOptions;
  /** Called with the port before the first request can come, which is before the listener is whole. */
  readonly onBound?: (port: number) => void;
  /** What the hub that this one follows has left. */
  readonly legacy?: Legacy;
  readonly log: Log;
  readonly runtime: Pick<Runtime, "clock" | "fetch" | "files" | "host" | "random">;
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
  /** Lets a hub that follows listen too, beside this one; false where the system cannot. */
  share(): Promise<boolean>;
  /** No hub follows after all. */
  unshare(): Promise<void>;
  /** A hub has followed: ends the streams, passes every new request on to it, and leaves the port to it when nobody waits there. */
  retire(heir: Heir): void;
  /** Waits until the requests under way are answered, or the deadline is over. */
  answered(options: { readonly deadlineMs: number }): Promise<void>;
  /** Stays, once retired, until the last connection is gone, so that none is closed under a request that is on its way. */
  linger(signal: AbortSignal): Promise<void>;
  /** Refuses new requests at once, lets those under way finish until the deadline, then cuts them. */
  stop(options: { readonly deadlineMs: number }): Promise<void>;
}

type BunServer = Server<undefined>;

const bindPatienceMs = 1500;
const bindPauseMs = 50;
const idleSeconds = 30;
/** How often a hub that retires looks whether it is done. */
const retirePauseMs = 50;
/** A client that connects and says nothing is accepted after a second: Bun listens with TCP_DEFER_ACCEPT. */
const acceptMs = 2_000;
/** How long the hub before may take to leave the port. */
const leavePatienceMs = 10_000;

/** Listens on TCP and, where asked, on a unix socket; both serve the same handler. */
export async function createListener(options: ListenerOptions): Promise<Listener> {
  const { runtime, host, socket, legacy } = options;
  const desk = createDesk(options);
  const tcp = await bindTcp(options, desk);
  const port = tcp.port!;
  options.onBound?.(port);
  const inherited = legacy?.isShared ? legacy : undefined;
  if (inherited?.port === port) await attract(port, runtime);
  let unix = socket && (await bindSocket(socket, { ...options, port, inherited: inherited?.socket }, desk));
  let hasLeft = true;
  const servers = () => (unix ? [tcp, unix.server] : [tcp]);
  return {
    host,
    port,
    url: urlOf(host, port),
    socket: unix?.path,
    release() {
      for (const server of servers()) void server.stop();
      void unix?.release();
    },
    async share() {
      const shared = await sharedPort(port, runtime);
      if (shared && !(await isAlone(shared, runtime.clock))) throw stillShared(port);
      await shared?.allow();
      return shared !== undefined;
    },
    async unshare() {
      await (await sharedPort(port, runtime))?.deny();
      // A follower that died had taken the name of the socket.
      if (socket && unix && !(await unix.isOwn())) unix = await bindSocket(socket, { ...options, port }, desk);
    },
    retire(heir) {
      desk.retire(heir);
      hasLeft = false;
      void runtime.clock
        .sleep(acceptMs)
        .then(async () => (await sharedPort(port, runtime))?.leave())
        .finally(() => (hasLeft = true));
    },
    async answered({ deadlineMs }) {
      const isBusy = () => servers().some((server) => server.pendingRequests > 0);
      await waitWhile(isBusy, deadlineMs, runtime.clock);
    },
    async linger(signal) {
      const shared = await sharedPort(port, runtime);
      const isCalled = async () => !signal.aborted && (!hasLeft || (await shared?.connections()) !== 0);
      if (shared) await waitWhile(isCalled, idleSeconds * 1000, runtime.clock);
      await Promise.all(servers().map((server) => server.stop(true)));
    },
    async stop({ deadlineMs }) {
      const done = servers().map((server) => server.stop());
      desk.close();
      if (unix && socket?.defaultLink !== undefined) await releaseLink(socket.defaultLink, unix.path);
      await unix?.release();
      const late = new AbortController();
      await Promise.race([Promise.all(done), runtime.clock.sleep(deadlineMs, late.signal).catch(() => undefined)]);
      late.abort();
      await Promise.all(servers().map((server) => server.stop(true)));
    },
  };
}

/** Takes over the port of the hub before, which is nobody else's from now on. */
async function attract(port: number, runtime: ListenerOptions["runtime"]): Promise<void> {
  const shared = await sharedPort(port, runtime);
  await shared?.attract();
  await shared?.deny();
}

/** Of more than two processes on a port the filter does not call the newest: the one before last leaves it soon. */
async function isAlone(shared: SharedPort, clock: Clock): Promise<boolean> {
  await waitWhile(() => shared.isCrowded(), leavePatienceMs, clock);
  return !(await shared.isCrowded());
}

async function waitWhile(isSo: () => boolean | Promise<boolean>, deadlineMs: number, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + deadlineMs;
  while ((await isSo()) && clock.monotonic() < deadline) await clock.sleep(retirePauseMs);
}

const stillShared = (port: number) =>
  new HubError("CONFLICT", `The hub was not restarted and goes on: the one before it still listens on port ${port}`, {
    hint: "Wait a moment and try again",
  });

const urlOf = (host: string, port: number) => `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;

/** A hub that is just being replaced needs a moment to let go of its port. */
async function bindTcp(options: ListenerOptions, desk: Desk): Promise<BunServer> {
  const { clock } = options.runtime;
  const isShared = options.legacy?.isShared === true && options.legacy.port === options.port;
  const deadline = clock.monotonic() + bindPatienceMs;
  for (;;) {
    try {
      return serve({ hostname: options.host, port: options.port }, desk, isShared);
    } catch (cause) {
      if (codeOf(cause) !== "EADDRINUSE") throw cannotListen(cause, options);
      if (clock.monotonic() >= deadline) throw await portTaken(options);
      await clock.sleep(bindPauseMs);
    }
  }
}

type Address = { readonly hostname: string; readonly port: number } | { readonly unix: string };

function serve(address: Address, desk: Desk, reusePort = false): BunServer {
  return Bun.serve({
    ...address,
    development: false,
    // Bun shares ports between processes as soon as `development` is off, and two hubs would each get half the requests.
    reusePort,
    idleTimeout: idleSeconds,
    // The guard measures bodies and answers in JSON; this only bounds what a body of unknown length may pile up unread.
    maxRequestBodySize: defaultBodyLimit * 16,
    fetch: desk.answer("unix" in address ? "unix" : "tcp"),
    error: desk.failed,
  } as Bun.Serve.Options<undefined>);
}

async function bindSocket(
  socket: SocketOptions,
  options: ListenerOptions & { readonly inherited?: string },
  desk: Desk,
): Promise<ClaimedSocket<BunServer> | undefined> {
  const { runtime, log, inherited } = options;
  const isAnswered = async (path: string) => (await occupantOf({ base: "http://hub", unix: path }, runtime)).is !== "nobody";
  const unique = () => runtime.random.id();
  try {
    const names = [socket.path, socket.path.replace(/(\.sock)?$/, `-${options.port}.sock`)];
    const claimed = await claimSocket({ names, inherited, bind: (path) => serve({ unix: path }, desk), isAnswered, unique });
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
