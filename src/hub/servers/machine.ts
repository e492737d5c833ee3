import type { ServerState } from "./schema.ts";

/**
 * The life of one server as a pure reducer: (status, input) → (status, effects). No clock, no I/O.
 *
 *   stopped/disabled ─start→ starting ─connected→ ready ⇄ degraded
 *                               │ failed              │ closed
 *                               ├──► backing_off ◄────┘   (failed after `giveUpAfter`: same retries, the slowest pace)
 *                               └──► authorizing ─authorized→ starting   (a person signs in; also from ready, when a token dies)
 */
export interface Status {
  readonly state: ServerState;
  /** Epoch ms of the last change of state. */
  readonly since: number;
  /** Failures in a row since it was last stable. */
  readonly failures: number;
  readonly restarts: number;
  readonly error?: string;
  readonly hint?: string;
  readonly nextRetryAt?: number;
  /** Where a person signs in: needed while it is authorizing, offered for more permissions while it is ready. */
  readonly authorizationUrl?: string;
}

export interface Failure {
  readonly error: string;
  readonly hint?: string;
  /** Trying again soon cannot help: a missing command, a placeholder without a value. */
  readonly permanent?: boolean;
}

export type Input =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  | { readonly type: "disable" }
  | { readonly type: "connected" }
  | ({ readonly type: "connect_failed" } & Failure)
  | ({ readonly type: "closed" } & Failure)
  | { readonly type: "authorization_required"; readonly url: string }
  | { readonly type: "authorization_offered"; readonly url: string }
  | { readonly type: "authorized" }
  | ({ readonly type: "session_lost" } & Failure)
  | ({ readonly type: "traffic_failed" } & Failure)
  | { readonly type: "traffic_ok" }
  | { readonly type: "retry_due" };

export type Effect = { readonly type: "connect" } | { readonly type: "disconnect" } | { readonly type: "retry_in"; readonly ms: number };

export interface Transition {
  readonly status: Status;
  readonly effects: readonly Effect[];
}

export interface Pace {
  readonly firstMs: number;
  readonly slowestMs: number;
  /** A connection that lived this long counts as having worked: the next failure starts the pace anew. */
  readonly stableMs: number;
  /** The slowest pace for a server that connects but dies young. */
  readonly flappingMs: number;
  /** Failures in a row after which it is shown as failed. */
  readonly giveUpAfter: number;
  /** Transport failures in a row after which a connection is made anew. */
  readonly degradedLimit: number;
}

export const defaultPace: Pace = { firstMs: 250, slowestMs: 60_000, stableMs: 10_000, flappingMs: 2_000, giveUpAfter: 5, degradedLimit: 3 };

export const initialStatus = (now: number, disabled: boolean): Status => ({
  state: disabled ? "disabled" : "stopped",
  since: now,
  failures: 0,
  restarts: 0,
});

/** What happened, and the world the reducer may know of: the time, and a number in [0, 1) for jitter. */
export interface Moment {
  readonly now: number;
  readonly jitter: number;
  readonly pace: Pace;
}

const live = new Set<ServerState>(["starting", "ready", "degraded", "authorizing"]);

export function reduce(status: Status, input: Input, moment: Moment): Transition {
  switch (input.type) {
    case "start":
      return live.has(status.state) ? stay(status) : begin(status, moment, 0);
    case "stop":
    case "disable":
      return rest(status, input.type === "stop" ? "stopped" : "disabled", moment);
    case "retry_due":
      return status.state === "backing_off" || status.state === "failed" ? begin(status, moment, status.failures) : stay(status);
    case "connected":
      return status.state === "starting" ? enter({ ...clean(status), state: "ready" }, moment) : stay(status);
    case "authorization_required":
    case "authorization_offered":
      return offer(status, input, moment);
    case "authorized":
      return authorized(status, moment);
    case "connect_failed":
      return status.state === "starting" ? fail(status, input, { ...moment, slowestMs: moment.pace.slowestMs }) : stay(status);
    case "closed":
      return live.has(status.state) ? lose(status, input, moment) : stay(status);
    case "session_lost":
      return renew(status, input, moment);
    case "traffic_failed":
      return worsen(status, input, moment);
    case "traffic_ok":
      return status.state === "degraded" ? enter({ ...clean(status), state: "ready" }, moment) : settle(status, moment);
  }
}

const stay = (status: Status): Transition => ({ status, effects: [] });

const enter = (status: Status, { now }: Moment, ...effects: Effect[]): Transition => ({ status: { ...status, since: now }, effects });

/** Without a token there is no connection; with one that is too narrow there is, and it stays. */
function offer(status: Status, { type, url }: { readonly type: string; readonly url: string }, moment: Moment): Transition {
  if (status.state === "stopped" || status.state === "disabled") return stay(status);
  const isConnected = status.state === "ready" || status.state === "degraded";
  if (status.state === "authorizing" || (isConnected && type === "authorization_offered"))
    return stay({ ...status, authorizationUrl: url });
  return enter({ ...clean(status), state: "authorizing", authorizationUrl: url }, moment, { type: "disconnect" });
}

function authorized(status: Status, moment: Moment): Transition {
  if (["authorizing", "failed", "backing_off"].includes(status.state)) return begin(status, moment, 0);
  const { authorizationUrl: _, ...rest } = status;
  return stay(rest);
}

/** Leaves what no longer holds behind: the error, the hint, the time of the next attempt. */
const clean = ({ state, since, failures, restarts }: Status): Status => ({ state, since, failures, restarts });

const begin = (status: Status, moment: Moment, failures: number): Transition =>
  enter({ ...clean(status), state: "starting", failures, restarts: status.restarts + (failures > 0 ? 1 : 0) }, moment, { type: "connect" });

const rest = (status: Status, state: "stopped" | "disabled", moment: Moment): Transition =>
  status.state === state ? stay(status) : enter({ state, since: 0, failures: 0, restarts: 0 }, moment, { type: "disconnect" });

/** A connection that was lost: young ones count as failures, old ones start the pace anew. */
function lose(status: Status, failure: Failure, moment: Moment): Transition {
  const wasReady = status.state === "ready" || status.state === "degraded";
  const stable = wasReady && moment.now - status.since >= moment.pace.stableMs;
  const { flappingMs, slowestMs } = moment.pace;
  return fail({ ...status, failures: stable ? 0 : status.failures }, failure, { ...moment, slowestMs: wasReady ? flappingMs : slowestMs });
}

/** A server that forgot a session is there: a new one is opened at once, unless it keeps forgetting. */
function renew(status: Status, failure: Failure, moment: Moment): Transition {
  if (status.state !== "ready" && status.state !== "degraded") return stay(status);
  if (status.failures > 0 && moment.now - status.since < moment.pace.stableMs) return lose(status, failure, moment);
  return enter(
    { ...clean(status), state: "starting", failures: 1, restarts: status.restarts + 1 },
    moment,
    { type: "disconnect" },
    { type: "connect" },
  );
}

function fail(status: Status, failure: Failure, { slowestMs, ...moment }: Moment & { slowestMs: number }): Transition {
  const failures = status.failures + 1;
  const slowest = failure.permanent ? moment.pace.slowestMs : Math.min(slowestMs, moment.pace.firstMs * 2 ** Math.min(failures - 1, 20));
  const ms = Math.round(slowest * (0.8 + 0.4 * moment.jitter));
  const gaveUp = failure.permanent || (failures >= moment.pace.giveUpAfter && slowestMs === moment.pace.slowestMs);
  return enter(
    {
      ...clean(status),
      state: gaveUp ? "failed" : "backing_off",
      failures,
      error: failure.error,
      ...(failure.hint !== undefined && { hint: failure.hint }),
      nextRetryAt: moment.now + ms,
    },
    moment,
    { type: "disconnect" },
    { type: "retry_in", ms },
  );
}

/** Health from real traffic: some transport failures degrade a server, more of them make the connection anew. */
function worsen(status: Status, failure: Failure, moment: Moment): Transition {
  if (status.state !== "ready" && status.state !== "degraded") return stay(status);
  const failures = status.failures + 1;
  if (failures >= moment.pace.degradedLimit) return lose({ ...status, failures: 0 }, failure, moment);
  return enter({ ...status, state: "degraded", failures, error: failure.error }, moment);
}

/** A server that has worked long enough has no failures behind it. */
const settle = (status: Status, { now, pace }: Moment): Transition =>
  status.state === "ready" && status.failures > 0 && now - status.since >= pace.stableMs
    ? stay({ ...status, failures: 0, restarts: 0 })
    : stay(status);
