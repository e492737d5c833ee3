import type { HubError } from "#hub/kernel/errors.ts";

/** What an attempt that has to fail was rejected with. */
export async function failureOf(attempt: PromiseLike<unknown>): Promise<HubError> {
  try {
    await attempt;
  } catch (cause) {
    return cause as HubError;
  }
  throw new Error("it did not fail");
}
