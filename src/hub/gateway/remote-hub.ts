import { HubError, type ErrorBody } from "../kernel/errors.ts";
import type { Fetch, FetchInit } from "../kernel/runtime.ts";

/** A hub in another process. */
export interface RemoteHub {
  /** `http://127.0.0.1:37373`; over a unix socket the host is not looked at. */
  readonly base: string;
  readonly unix?: string;
  readonly fetch: Fetch;
  readonly token?: string;
}

export const hubHeaders = ({ token }: RemoteHub): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** `timeout: false` is Bun's: without it a silent request ends after five minutes. */
export const hubInit = ({ unix }: RemoteHub, init: RequestInit): FetchInit =>
  ({ ...init, redirect: "error", timeout: false, ...(unix !== undefined && { unix }) }) as FetchInit;

/** Rebuilds the hub's own error; an answer in another form did not come from a hub. */
export async function errorOf(response: Response, hub: RemoteHub): Promise<HubError> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = (body as { error?: Partial<ErrorBody> } | undefined)?.error;
  if (typeof error?.code === "string" && typeof error.message === "string") return HubError.fromBody(error as ErrorBody);
  return new HubError("UPSTREAM_UNAVAILABLE", `What answers at ${placeOf(hub)} with status ${response.status} is no hubctl`, {
    hint: "Check the address",
  });
}

/** What went wrong on the way, in the caller's words. */
export function clientError(cause: unknown, hub: RemoteHub, signal: AbortSignal | undefined): HubError {
  if (cause instanceof HubError) return cause;
  if (signal?.aborted) return new HubError("CANCELLED", "The call was cancelled", { cause });
  if (cause instanceof SyntaxError)
    return new HubError("UPSTREAM_UNAVAILABLE", `What answers at ${placeOf(hub)} is no hubctl`, { hint: "Check the address", cause });
  return new HubError("UPSTREAM_UNAVAILABLE", `No hub answers at ${placeOf(hub)}`, { hint: "Start one with `hubctl serve`", cause });
}

export const placeOf = ({ base, unix }: RemoteHub) => unix ?? base;
