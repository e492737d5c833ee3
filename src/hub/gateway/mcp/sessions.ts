import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { HubError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Clock, Random } from "../../kernel/runtime.ts";
import { connectLegacy } from "./connect-legacy.ts";
import { createEventMemory, type EventMemory } from "./event-memory.ts";
import { openStream, retryMs } from "./resumable.ts";
import type { Rounds } from "./rounds.ts";
import { answerEarly, sessionCall, type EarlyCalls, type SessionCaller } from "./session-call.ts";
import type { Watches } from "./subscriptions.ts";
import type { View } from "./view.ts";

export interface SessionsDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly version: string;
  readonly watches: Watches;
  readonly rounds: Rounds;
  readonly maxSessions: number;
  readonly idleMs: number;
}

interface Session {
  readonly principal: string;
  readonly view: View;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly memory: EventMemory;
  readonly caller: SessionCaller;
  /** Ids of requests that have not been answered. */
  readonly inFlight: Set<unknown>;
  usedAt: number;
  /** How many streams its client holds open, by which it is there, if silent. */
  held: number;
  /** Its standalone stream is open. */
  listening(): void;
  close(): Promise<void>;
}

/** Sessions of 2025 clients, each with a server and a transport of its own, bound to who opened it. */
export interface Sessions extends AsyncDisposable {
  handle(request: Request, body: unknown, asked: { readonly view: View; readonly principal: Principal }): Promise<Response>;
  count(): number;
}

const sessionHeader = "mcp-session-id";
/** Most clients leave without a word; where there is no more room, who was silent for this long makes way for who comes. */
const silentMs = 60_000;

export function createSessions(deps: SessionsDeps): Sessions {
  const sessions = new Map<string, Session>();
  const sweep = deps.clock.every(60_000, () => {
    for (const session of silentSince(sessions, deps.clock.now() - deps.idleMs)) void session.close();
  });

  return {
    count: () => sessions.size,
    async handle(request, body, { view, principal }) {
      const id = request.headers.get(sessionHeader);
      if (id === null) {
        const session = await openSession(view, principal, { sessions, deps });
        const response = await session.transport.handleRequest(request, { parsedBody: body });
        if (session.transport.sessionId === undefined) await session.close();
        return response;
      }
      const session = sessions.get(id);
      // A session of somebody else looks exactly like none.
      if (!session || session.principal !== principal.id || session.view !== view) return unknownSession();
      session.usedAt = deps.clock.now();
      if (request.method !== "GET") return pass(request, body, session);
      return hold(await openStream(request, session), session, { left: request.signal, clock: deps.clock });
    },
    async [Symbol.asyncDispose]() {
      sweep[Symbol.dispose]();
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

interface Opening {
  readonly sessions: Map<string, Session>;
  readonly deps: SessionsDeps;
}

async function openSession(view: View, principal: Principal, { sessions, deps }: Opening): Promise<Session> {
  if (sessions.size >= deps.maxSessions && !(await makeRoom(sessions, deps.clock)))
    throw new HubError("UNAVAILABLE", `The hub already holds ${sessions.size} sessions`, {
      hint: "Close some, or raise hub.maxSessions",
    });
  const memory = createEventMemory();
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => `${deps.random.id()}-${Buffer.from(deps.random.bytes(16)).toString("hex")}`,
    eventStore: memory,
    retryInterval: retryMs,
    onsessioninitialized: (id) => void sessions.set(id, session),
  });
  const early: EarlyCalls = new Map();
  const begun = begunIn(early);
  const { server, listening, asker } = await connectLegacy(transport, { view, principal, begun, ...deps }, () => {
    if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
    for (const call of early.values()) call.cancel(new Error("The session was closed"));
  });
  const session: Session = {
    principal: principal.id,
    view,
    transport,
    memory,
    caller: { view, principal, ...deps, early, asker, transport },
    inFlight: noteAnswers(transport),
    usedAt: deps.clock.now(),
    held: 0,
    listening,
    close: () => server.close(),
  };
  return session;
}

/** Takes the call of a request out of the early ones. */
const begunIn = (early: EarlyCalls) => (request: unknown) => {
  const call = early.get(request);
  early.delete(request);
  return call;
};

/** The SDK finds the stream of an answer by its id alone: a second request under one in flight would leave the first without. */
async function pass(request: Request, body: unknown, session: Session): Promise<Response> {
  const { transport, inFlight, caller } = session;
  const ids = requestIds(body, session);
  const taken = ids.find((id, index) => inFlight.has(id) || ids.indexOf(id) < index);
  if (taken !== undefined) return idInUse(taken);
  for (const id of ids) inFlight.add(id);
  const call = sessionCall(request, body);
  const answer = call && (await answerEarly(call, caller));
  const response = answer ?? (await transport.handleRequest(request, { parsedBody: body }));
  if (answer || !response.ok) for (const id of ids) inFlight.delete(id);
  // A stream that was refused leaves its call with nobody to answer.
  if (!response.ok) for (const id of ids) begunIn(caller.early)(id)?.cancel(new Error("The request was refused"));
  return response;
}

/** Sessions whose client has not been heard of since a time, the longest silent first. */
const silentSince = (sessions: ReadonlyMap<string, Session>, since: number): Session[] =>
  [...sessions.values()].filter(({ usedAt, held }) => usedAt < since && held === 0).toSorted((a, b) => a.usedAt - b.usedAt);

async function makeRoom(sessions: ReadonlyMap<string, Session>, clock: Clock): Promise<boolean> {
  const leaving = silentSince(sessions, clock.now() - silentMs).find(({ inFlight }) => inFlight.size === 0);
  await leaving?.close();
  return leaving !== undefined;
}

/** Counts a stream as held until it ends, whoever ends it. */
function hold(response: Response, session: Session, { left, clock }: { readonly left: AbortSignal; readonly clock: Clock }): Response {
  if (!response.ok || !response.body) return response;
  session.held += 1;
  let hasEnded = false;
  const ended = () => {
    if (hasEnded) return;
    hasEnded = true;
    session.held -= 1;
    session.usedAt = clock.now();
  };
  left.addEventListener("abort", ended);
  return new Response(response.body.pipeThrough(new TransformStream({ flush: ended })), response);
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly requestId?: unknown };
}

/** The ids that are in flight over a transport: an answer that goes out takes its id with it. */
function noteAnswers(transport: WebStandardStreamableHTTPServerTransport): Set<unknown> {
  const inFlight = new Set<unknown>();
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    if (!("method" in message)) inFlight.delete(message.id);
    return send(message, options);
  };
  return inFlight;
}

/** The ids of the requests in a body; one that it cancels is free from then on. */
function requestIds(body: unknown, { inFlight, caller: { early } }: Session): (string | number)[] {
  const messages = (Array.isArray(body) ? body : [body]) as (Message | null | undefined)[];
  return messages.flatMap((message) => {
    if (message?.method === "notifications/cancelled") {
      inFlight.delete(message.params?.requestId);
      early.get(message.params?.requestId)?.cancel(new Error("The client cancelled the request"));
    }
    const id = typeof message?.method === "string" ? message.id : undefined;
    return typeof id === "string" || typeof id === "number" ? [id] : [];
  });
}

const idInUse = (id: unknown) =>
  Response.json(
    { jsonrpc: "2.0", error: { code: -32600, message: `A request with the id ${JSON.stringify(id)} is in flight` }, id: null },
    { status: 400 },
  );

/** 404 makes a client initialize anew (specification, Streamable HTTP, session management). */
const unknownSession = () =>
  Response.json({ jsonrpc: "2.0", error: { code: -32001, message: "Session not found" }, id: null }, { status: 404 });
