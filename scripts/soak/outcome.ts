/** How a client reaches the hub. */
export const kinds = ["session of 2025-11-25", "stateless 2026-07-28", "HTTP+SSE", "REST, unix socket"] as const;
export type Kind = (typeof kinds)[number];

/** What came back: the text with its marker, an error, or nothing before the deadline. */
export type Answer =
  | { readonly marker: string; readonly isWhole: boolean }
  | { readonly code: string; readonly message: string }
  | { readonly nothing: string };

/** One call of one client, with epoch milliseconds of both its ends. */
export interface Outcome {
  readonly kind: Kind;
  readonly server: string;
  /** Nobody else's in the whole run. */
  readonly marker: string;
  readonly sentAt: number;
  readonly doneAt: number;
  readonly answer: Answer;
}

/** What the clients are told. */
export interface ClientsJob {
  readonly origin: string;
  readonly socket: string;
  readonly servers: readonly string[];
  readonly sessions: number;
  readonly paceMs: number;
}

/** What the process of the clients is told, and what it tells. */
export type ToClients = { readonly start: ClientsJob } | { readonly stop: true };
export type FromClients = { readonly outcome: Outcome } | { readonly stopped: true };
