/** What is known of a request beside the request: made by the listener, filled in by the layers it passes. */
export interface Exchange {
  readonly via: "tcp" | "unix";
  /** The caller's address; undefined on the unix socket. */
  readonly peer: string | undefined;
  /** Aborts when the listener begins to stop: streams that would never end by themselves end on it. */
  readonly closing: AbortSignal;
  /** Names this request in logs and error answers. */
  requestId: string;
  /** The pattern of the route that answered, the bounded name of a path for metrics. */
  route: string | undefined;
  /** Takes the idle timeout off, which would reset a quiet stream after ten seconds. */
  keepOpen(): void;
}
