// The load generator, a program of its own so that no subject shares a thread with it. Raw sockets, because a loop around
// `fetch` is slower than what it would measure. Takes a LoadJob over IPC, answers with LoadFigures or with what went wrong.
import { requestBytes, type Call, type LoadFigures, type LoadJob } from "./call.ts";
import { readAnswer } from "./http-answer.ts";
import { quantile } from "./statistics.ts";

process.on("message", (job: LoadJob) => {
  run(job).then(
    (figures) => process.send!({ figures }),
    (cause: Error) => process.send!({ error: cause.message }),
  );
});
// Whoever started this has gone.
process.on("disconnect", () => process.exit());

async function run({ calls, ms }: LoadJob): Promise<LoadFigures> {
  const times: number[] = [];
  const connections = await Promise.all(calls.map((call) => connect(call, times)));
  const started = performance.now();
  await Promise.all(connections.map((connection) => connection.loop(started + ms)));
  const elapsed = performance.now() - started;
  const sorted = Float64Array.from(times).toSorted();
  return {
    calls: times.length,
    perSecond: (times.length / elapsed) * 1000,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

interface Connection {
  /** Calls one after the other; the last one begins before the deadline. */
  loop(deadline: number): Promise<void>;
}

async function connect(call: Call, times: number[]): Promise<Connection> {
  const { hostname, port } = new URL(call.url);
  const request = requestBytes(call);
  const marker = Buffer.from(call.marker);
  const done = Promise.withResolvers<void>();
  let deadline = 0;
  let sent = 0;
  let held: Buffer | undefined;

  const next = () => {
    sent = performance.now();
    if (socket.write(request) !== request.length) done.reject(new Error("The request did not fit the socket's buffer"));
  };
  const take = (chunk: Buffer) => {
    held = held ? Buffer.concat([held, chunk]) : chunk;
    const answer = readAnswer(held);
    if (!answer) return;
    held = undefined;
    const now = performance.now();
    if (answer.status !== 200 || !answer.body.includes(marker))
      throw new Error(`${call.url} answered ${answer.status} without ${call.marker}: ${answer.body.toString().slice(0, 300)}`);
    times.push(now - sent);
    if (now < deadline) next();
    else done.resolve();
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, chunk) {
        try {
          take(chunk);
        } catch (cause) {
          done.reject(cause);
        }
      },
      close: () => done.reject(new Error(`${call.url} closed the connection`)),
      error: (_, cause) => done.reject(cause),
    },
  });
  return {
    async loop(until) {
      deadline = until;
      next();
      try {
        await done.promise;
      } finally {
        socket.terminate();
      }
    },
  };
}
