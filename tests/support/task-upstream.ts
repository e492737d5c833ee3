/** A task as its server has it. */
export interface SeenTask {
  readonly id: string;
  finish(text: string): unknown;
}

/**
 * A server with tasks of its era: `job` may be called as one and ends when the test says so, `must` has to be and ends at
 * once, `wait` has to be and ends as `job` does, `ask` asks for a name first, `huge` says a lot, `plain` cannot be a task.
 */
export interface TaskUpstream extends AsyncDisposable {
  readonly url: string;
  /** In the order they were begun. */
  readonly begun: readonly SeenTask[];
  /** What was asked of it, in order. */
  readonly methods: readonly string[];
}
