// The clients, a process of their own so that the servers they call do not share a thread with them. Takes a job over IPC, tells
// the outcome of every call, and ends its sessions when it is told to stop.
import { setTimeout as after } from "node:timers/promises";
import { open, type Session } from "./doors.ts";
import type { Answer, ClientsJob, FromClients, Kind, ToClients } from "./outcome.ts";

const tell = (message: FromClients) => void process.send!(message);
const leaving = new AbortController();
let living: Promise<unknown> = Promise.resolve();

process.on("message", (message: ToClients) => {
  if ("start" in message) living = Promise.all(Array.from({ length: message.start.sessions }, (_, index) => live(index, message.start)));
  else {
    leaving.abort();
    void living.then(() => tell({ stopped: true }));
  }
});
// Whoever started this has gone.
process.on("disconnect", () => process.exit());

/** Of twenty clients. */
const shares: readonly (readonly [Kind, number])[] = [
  ["session of 2025-11-25", 9],
  ["stateless 2026-07-28", 6],
  ["HTTP+SSE", 3],
  ["REST, unix socket", 2],
];
const twenty = shares.flatMap(([kind, count]) => Array.from({ length: count }, () => kind));

/** Every so many turns a client calls several servers at once. */
const burstEvery = 5;
/** How long a server may take for an answer. */
const mostMs = 200;
/** Every so many turns the text is one that does not fit into one packet. */
const longEvery = 25;
const longText = "x".repeat(64 * 1024);

/** One client: calls one server after the other, and after some minutes leaves and comes anew, half of them without a goodbye. */
async function live(index: number, job: ClientsJob): Promise<void> {
  const kind = twenty[index % twenty.length]!;
  const turnsOfASession = 200 + (index % 100);
  let session: Session | undefined;
  // Not all at once.
  await pause((job.paceMs * index) / job.sessions);
  for (let turn = 0; !leaving.signal.aborted; turn++) {
    if (turn % turnsOfASession === turnsOfASession - 1) {
      await session?.leave(index % 2 === 0);
      session = undefined;
    }
    const calls = Array.from({ length: turn % burstEvery === 0 ? 3 : 1 }, (_, part) => ({
      marker: `s${index}-t${turn}-${part}`,
      server: job.servers[(index + turn * 7 + part) % job.servers.length]!,
      text: turn % longEvery === 0 ? longText : "",
    }));
    const opened = session ? { session } : await open[kind](job).then((session) => ({ session }), notOpened);
    if ("session" in opened) session = opened.session;
    const answers = await Promise.all(
      calls.map(async ({ marker, server, text }) => {
        const sentAt = Date.now();
        const answer =
          "session" in opened
            ? await opened.session.call(server, { text: `${marker}:${text}`, ms: Math.floor(Math.random() * mostMs) })
            : opened;
        tell({ outcome: { kind, server, marker, sentAt, doneAt: Date.now(), answer } });
        return answer;
      }),
    );
    // Whoever is told anything but an answer of the hub begins anew, as a client would.
    if (answers.some(isBroken)) {
      await session?.leave(false);
      session = undefined;
    }
    await pause(job.paceMs * (0.5 + Math.random()));
  }
  await session?.leave(true);
}

const notOpened = (cause: Error): Answer => ({ code: `no session: ${cause.name}`, message: cause.message });

const isBroken = (answer: Answer) => "code" in answer && !/^[A-Z_]+$/.test(answer.code);

const pause = (ms: number) => after(ms, undefined, { signal: leaving.signal }).catch(() => undefined);
