import { fileURLToPath } from "node:url";
import { startProgram } from "../bench/programs.ts";
import type { ClientsJob, FromClients, Outcome, ToClients } from "./outcome.ts";

/** The running clients. */
export interface Clients extends AsyncDisposable {
  /** Rejects when they end without being told to. */
  readonly died: Promise<never>;
  /** Resolves when the last call is answered, every session has ended and the process with its kept connections is gone. */
  stop(): Promise<void>;
}

/** Lets the clients loose on the hub. */
export function startClients(job: ClientsJob, onOutcome: (outcome: Outcome) => void): Clients {
  const stopped = Promise.withResolvers<void>();
  const program = startProgram([process.execPath, fileURLToPath(import.meta.resolve("./clients.ts"))], {
    // Bun sends 256 requests at a time and keeps the others waiting; every session holds one open.
    env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "10000" },
    ipc(message) {
      const told = message as FromClients;
      if ("outcome" in told) onOutcome(told.outcome);
      else stopped.resolve();
    },
  });
  const send = (message: ToClients) => program.send(message);
  const died = program.exited.then((code): never => {
    throw new Error(`The clients ended by themselves (${code})`);
  });
  // Whoever runs them hears of it; when they have stopped nobody does, and nobody need.
  died.catch(() => undefined);
  send({ start: job });
  return {
    died,
    async stop() {
      send({ stop: true });
      await Promise.race([stopped.promise, died]);
      await program.stop();
    },
    [Symbol.asyncDispose]: () => program.stop(),
  };
}
