import { InstallJob } from "./install-job.ts";
import { installStep, type InstallState } from "./install-machine.ts";
import type { InstallOutcome, InstallRequest, InstallerDeps } from "./installation.ts";

/** Walks an installation through its states; what fails after something was written is undone. */
export async function runInstall(deps: InstallerDeps, request: InstallRequest): Promise<InstallOutcome> {
  const job = new InstallJob(deps, request);
  let state: InstallState = "planned";
  let next = installStep(state, { type: "consent", given: request.consent, expected: request.prepared.plan.consent });
  for (;;) {
    state = next.state;
    if (next.effect === "done") return job.outcome();
    try {
      const input = await job.run(next.effect);
      if (input === undefined) return job.outcome();
      next = installStep(state, input);
    } catch (cause) {
      const failed = installStep(state, { type: "failed" });
      if (failed.effect === "undo") await job.undo();
      throw cause;
    }
  }
}
