import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Clock, Random } from "../kernel/runtime.ts";
import { noCapabilities, type Capabilities, type ListName } from "./capabilities.ts";
import {
  isSessionLost,
  isTransportFailure,
  upstreamError,
  type Notification,
  type RequestOptions,
  type Result,
  type ServerConnection,
} from "./connection.ts";
import type { ConnectHooks } from "./connect.ts";
import type { ServerEntry } from "./endpoint.ts";
import { defaultPace, initialStatus, reduce, type Failure, type Input, type Pace, type Status } from "./machine.ts";
import { listNames, type ServerLogLine } from "./schema.ts";
import { createServerLog, type ServerLog } from "./server-log.ts";

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly pace?: Pace;
  /** A request starts the server if nobody has; for hubs that live inside one command. */
  readonly onDemand?: boolean;
  readonly connect: (entry: ServerEntry, hooks: ConnectHooks) => Promise<ServerConnection>;
  readonly onStatus: (from: Status, to: Status) => void;
  readonly onCapabilities: (capabilities: Capabilities) => void;
  readonly onNotification: (notification: Notification) => void;
  /** What it says outside the protocol, and what becomes of it. */
  readonly onLine?: (line: ServerLogLine) => void;
}

/** Keeps one server connected as its entry asks: connects, waits, tries again, and answers requests meanwhile. */
export interface Supervisor extends AsyncDisposable {
  readonly entry: ServerEntry;
  readonly status: Status;
  readonly log: ServerLog;
  readonly pid: number | undefined;
  /** Last known, from this connection or an earlier one. */
  readonly capabilities: Capabilities;
  readonly stale: boolean;
  /** A call has a chance: it is connected, or a call would connect it. */
  readonly available: boolean;
  send(input: Input): void;
  /** Takes an entry that asks for the same connection under other words. */
  update(entry: ServerEntry): void;
  /** Resolves when nothing is under way any more: ready, failed, backing off or at rest. */
  settled(signal?: AbortSignal): Promise<Status>;
  request(method: string, params: Record<string, unknown>, options?: RequestOptions): Promise<Result>;
  /** Reads what it offers again, where it is connected. */
  refresh(): Promise<void>;
  /** The resources somebody wants to hear of; kept over reconnections. */
  watch(uris: ReadonlySet<string>): Promise<void>;
}

const refreshDelayMs = 50;
/** How long a server that let a call run out of time may take to show that it lives. */
const probePatienceMs = 5_000;

/** Makes the supervisor of a server; it rests until it is told to start. */
export const createSupervisor = (entry: ServerEntry, deps: SupervisorDeps, known: Capabilities = noCapabilities): Supervisor =>
  new LiveSupervisor(entry, deps, known);

class LiveSupervisor implements Supervisor {
  readonly log: ServerLog;
  status: Status;
  #connection: ServerConnection | undefined;
  #attempt = new AbortController();
  #connecting: Promise<void> = Promise.resolve();
  #closing: Promise<unknown> = Promise.resolve();
  #retry: Disposable | undefined;
  #refresh: Disposable | undefined;
  #watched: ReadonlySet<string> = new Set();
  #probing: ServerConnection | undefined;
  readonly #changed = new Set<ListName>();
  readonly #waiting = new Set<() => void>();

  constructor(
    public entry: ServerEntry,
    readonly deps: SupervisorDeps,
    public capabilities: Capabilities,
  ) {
    this.log = createServerLog(deps.clock, deps.onLine);
    this.status = initialStatus(deps.clock.now(), entry.disabled);
  }

  get stale(): boolean {
    return this.#connection === undefined;
  }

  get available(): boolean {
    return this.#connection !== undefined || (this.deps.onDemand === true && this.status.state === "stopped");
  }

  get pid(): number | undefined {
    return this.#connection?.pid;
  }

  send(input: Input): void {
    const { clock, random, pace = defaultPace } = this.deps;
    const from = this.status;
    const { status, effects } = reduce(from, input, { now: clock.now(), jitter: random.float(), pace });
    this.status = status;
    if (from.state !== status.state) {
      this.log.add("hub", status.error ? `${status.state}: ${status.error}` : status.state);
      this.deps.onStatus(from, status);
    }
    for (const effect of effects) {
      if (effect.type === "connect") this.#connecting = this.#connect();
      if (effect.type === "disconnect") this.#disconnect();
      if (effect.type === "retry_in") this.#retry = clock.after(effect.ms, () => this.send({ type: "retry_due" }));
    }
    if (this.status.state !== "starting") for (const wake of this.#waiting) wake();
  }

  update(entry: ServerEntry): void {
    this.entry = entry;
  }

  settled(signal?: AbortSignal): Promise<Status> {
    return new Promise((resolve, reject) => {
      if (this.status.state !== "starting") return resolve(this.status);
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", leave);
        resolve(this.status);
      };
      const leave = () => {
        this.#waiting.delete(wake);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.add(wake);
    });
  }

  async request(method: string, params: Record<string, unknown>, options: RequestOptions = {}): Promise<Result> {
    const using = this.#connection ?? (await this.#reach(options.signal));
    try {
      return await this.#ask(using, method, { params, options });
    } catch (cause) {
      if (!(cause instanceof NotHandled)) throw cause;
      await this.#again(options.signal);
      return await this.#ask(this.#connection ?? (await this.#reach(options.signal)), method, { params, options }).catch(
        (again: unknown) => {
          throw again instanceof NotHandled ? again.error : again;
        },
      );
    }
  }

  /** Sends a request once. Throws NotHandled where the server has not seen it, so that it may be sent again. */
  async #ask(
    using: ServerConnection,
    method: string,
    { params, options }: { params: Record<string, unknown>; options: RequestOptions },
  ): Promise<Result> {
    try {
      const result = await using.request(method, params, { ...options, timeoutMs: options.timeoutMs ?? this.entry.callTimeoutMs });
      if (this.status.state === "degraded" || this.status.failures > 0) this.send({ type: "traffic_ok" });
      return result;
    } catch (cause) {
      if (this.#isGivenUp(using)) throw notReady(this.entry.name, this.status);
      const error = upstreamError(this.entry.name, cause);
      const lost = isSessionLost(cause, using.era);
      if (using === this.#connection) this.#judge(using, error, lost);
      throw lost || error.details?.["neverSent"] === true ? new NotHandled(error) : error;
    }
  }

  /** The refusal of one request closes the connection of all: they fail for the same reason. */
  #isGivenUp(using: ServerConnection): boolean {
    return this.status.state === "authorizing" || (this.status.state === "failed" && using !== this.#connection);
  }

  /** What a failed request says of its connection. */
  #judge(using: ServerConnection, error: HubError, lost: boolean): void {
    if (lost) this.send({ type: "session_lost", error: `${this.entry.name} has forgotten the session` });
    else if (isTransportFailure(error)) this.send({ type: "traffic_failed", error: error.message });
    else if (error.code === "TIMEOUT") void this.#probe(using);
  }

  /** A call that ran out of time may be a slow tool's or that of a server that hangs, which only a new connection helps. */
  async #probe(using: ServerConnection): Promise<void> {
    if (this.#probing === using) return;
    this.#probing = using;
    const answers = await using.answers(Math.min(this.entry.startTimeoutMs, probePatienceMs));
    if (this.#probing === using) this.#probing = undefined;
    if (using !== this.#connection || answers) return;
    this.send({ type: "closed", error: `${this.entry.name} hangs: it answers neither calls nor a ping` });
  }

  /** Gives a server that was not reached the moment it needs to be there again. */
  async #again(signal: AbortSignal | undefined): Promise<void> {
    if (this.status.state === "starting") await this.settled(signal);
    else await this.deps.clock.sleep((this.deps.pace ?? defaultPace).firstMs, signal);
  }

  async refresh(): Promise<void> {
    for (const name of listNames) this.#changed.add(name);
    this.#refresh?.[Symbol.dispose]();
    await this.#readChanged();
  }

  async watch(uris: ReadonlySet<string>): Promise<void> {
    this.#watched = uris;
    await this.#connection?.watch(uris);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.send({ type: "stop" });
    this.#disconnect();
    await this.#closing;
  }

  async #connect(): Promise<void> {
    this.#retry?.[Symbol.dispose]();
    const mine = (this.#attempt = new AbortController());
    await this.#closing;
    if (mine.signal.aborted) return;
    try {
      const made = await this.deps.connect(this.entry, this.#hooks(mine));
      if (mine.signal.aborted) return void made.close();
      this.#connection = made;
      this.#learned(made.capabilities);
      this.send({ type: "connected" });
      if (this.#watched.size > 0) await made.watch(this.#watched).catch((cause: unknown) => this.#warn("resources are not watched", cause));
    } catch (cause) {
      if (!mine.signal.aborted) this.send({ type: "connect_failed", ...failureOf(cause) });
    }
  }

  #hooks(mine: AbortController): ConnectHooks {
    const { clock, pace = defaultPace, onNotification } = this.deps;
    return {
      signal: mine.signal,
      log: this.log,
      later: (work, attempts) => void clock.after(Math.min(pace.firstMs * 2 ** attempts, pace.slowestMs), work),
      onNotification,
      onListFailed: (name, cause) => this.log.add("hub", `cannot read its ${name}: ${(cause as Error).message}`),
      onListChanged: (names) => {
        for (const name of names) this.#changed.add(name);
        this.#refresh ??= clock.after(refreshDelayMs, () => void this.#readChanged());
      },
      onClosed: (cause) => {
        if (mine.signal.aborted) return;
        const why = cause instanceof HubError ? cause.message : (this.log.reason(this.status.since) ?? cause?.message);
        const { name } = this.entry;
        this.send({
          type: "closed",
          error: `${name} closed the connection${why ? `: ${why}` : ""}`,
          hint: `Look at \`hubctl servers logs ${name}\``,
        });
      },
    };
  }

  async #readChanged(): Promise<void> {
    this.#refresh = undefined;
    const names = [...this.#changed];
    this.#changed.clear();
    const using = this.#connection;
    if (!using) return;
    try {
      const fresh = await using.refresh(names);
      if (using === this.#connection) this.#learned(fresh);
    } catch (cause) {
      this.#warn("a changed list could not be read", cause);
    }
  }

  #learned(capabilities: Capabilities): void {
    this.capabilities = capabilities;
    this.deps.onCapabilities(capabilities);
  }

  #disconnect(): void {
    this.#attempt.abort();
    this.#retry?.[Symbol.dispose]();
    this.#refresh?.[Symbol.dispose]();
    this.#refresh = undefined;
    const old = this.#connection;
    this.#connection = undefined;
    const closed = old?.close().catch((cause: unknown) => this.#warn("closing a server failed", cause));
    this.#closing = Promise.all([this.#closing, this.#connecting, closed]);
  }

  /**
   * A call to a server that is starting waits for it; of one that is backing off it brings the next attempt forward, but
   * all calls together bring no more attempts than a flapping server gets.
   */
  async #reach(signal: AbortSignal | undefined): Promise<ServerConnection> {
    const { clock, pace = defaultPace } = this.deps;
    const { state, since, nextRetryAt = 0 } = this.status;
    if (state === "backing_off") {
      const wait = Math.min(nextRetryAt, since + pace.flappingMs) - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      if (this.status.since === since) this.send({ type: "retry_due" });
    }
    if (this.status.state === "stopped" && this.deps.onDemand) this.send({ type: "start" });
    await this.settled(signal);
    if (this.#connection) return this.#connection;
    throw notReady(this.entry.name, this.status);
  }

  #warn(message: string, cause: unknown): void {
    this.deps.log.warn(message, { server: this.entry.name, cause });
  }
}

/** A request that its server never looked at. */
class NotHandled extends Error {
  constructor(readonly error: HubError) {
    super(error.message, { cause: error });
  }
}

/** Why a server cannot take a call now, and what to do. */
function notReady(name: string, { state, error, hint }: Status): HubError {
  if (state === "stopped" || state === "disabled")
    return new HubError("UPSTREAM_UNAVAILABLE", `The server ${name} is ${state}`, {
      hint: `Start it with \`hubctl servers start ${name}\``,
    });
  if (state === "authorizing")
    return new HubError("UPSTREAM_REJECTED", `${name} wants you to sign in`, { hint: `Run \`hubctl servers authorize ${name}\`` });
  return new HubError("UPSTREAM_UNAVAILABLE", `The server ${name} is not ready (${state})${error ? `: ${error}` : ""}`, {
    hint: hint ?? `Look at \`hubctl servers get ${name}\``,
  });
}

function failureOf(cause: unknown): Failure {
  const error = cause instanceof HubError ? cause : undefined;
  const permanent = error !== undefined && ["VALIDATION", "NOT_FOUND", "FORBIDDEN", "UPSTREAM_REJECTED"].includes(error.code);
  return {
    error: cause instanceof Error ? cause.message : String(cause),
    ...(error?.hint !== undefined && { hint: error.hint }),
    permanent,
  };
}
