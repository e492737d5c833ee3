import { fileURLToPath } from "node:url";
import type { LoadFigures, LoadJob } from "./call.ts";
import { startProgram } from "./programs.ts";

type Reply = { readonly figures: LoadFigures } | { readonly error: string };

export interface LoadGenerator extends AsyncDisposable {
  run(job: LoadJob): Promise<LoadFigures>;
}

/** Starts the load generator; it takes one job at a time. */
export function startLoad(): LoadGenerator {
  let reply: PromiseWithResolvers<Reply> | undefined;
  const program = startProgram([process.execPath, fileURLToPath(import.meta.resolve("./load.ts"))], {
    ipc: (message) => reply?.resolve(message as Reply),
  });
  void program.exited.then(() => reply?.resolve({ error: "The load generator ended" }));
  return {
    async run(job) {
      reply = Promise.withResolvers();
      program.send(job);
      const answer = await reply.promise;
      if ("error" in answer) throw new Error(answer.error);
      return answer.figures;
    },
    [Symbol.asyncDispose]: () => program.stop(),
  };
}
