import { AsyncLocalStorage } from "node:async_hooks";
import { HubError } from "../kernel/errors.ts";
import type { Clock, Random } from "../kernel/runtime.ts";
import type { Sampler } from "./sampler.ts";
import type { Attributes, FinishedSpan, Span, SpanKind } from "./span.ts";
import type { TraceContext } from "./trace-context.ts";

export interface TracerDeps {
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
  readonly sampler: Sampler;
  /** Told of every recorded span that has ended. */
  readonly ended: (span: FinishedSpan) => void;
}

export interface SpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  /** Where the trace comes from outside; otherwise it goes on from the span around. */
  readonly remote?: TraceContext;
  readonly attributes?: Attributes;
}

/** Records pieces of work, each inside the one around it. */
export interface Tracer {
  /** Does work as a span, which fails when the work throws. */
  run<T>(options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** The span this code runs in, as long as it has not ended. */
  current(): Span | undefined;
}

/**
 * The span around is known by the async context: between a door and the pipeline, and between the pipeline and a server's
 * transport, stands the SDK, which has no place to hand a span through.
 */
export function createTracer({ clock, random, sampler, ended }: TracerDeps): Tracer {
  const around = new AsyncLocalStorage<LiveSpan>();
  const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");

  /** Whether a trace is recorded is asked where it begins or comes in. */
  const within = (parent: TraceContext | undefined, isRemote: boolean): TraceContext => {
    const traceId = parent?.traceId ?? hex(16);
    const isSampled = parent && !isRemote ? parent.isSampled : sampler(parent, traceId);
    return { traceId, spanId: hex(8), isSampled, ...(parent?.state !== undefined && { state: parent.state }) };
  };
  const begin = ({ name, kind, remote, attributes }: SpanOptions): LiveSpan => {
    // The answer of a door begins, and its span ends, before a call is through that it streams the result of.
    const outer = around.getStore();
    const parent = remote ?? outer?.context;
    return new LiveSpan(within(parent, parent === remote), {
      name,
      kind,
      parentId: parent?.spanId,
      attributes: { ...attributes },
      links: remote && outer && outer.context.traceId !== remote.traceId ? [outer.context] : [],
      // Durations come from the monotonic clock, so within a trace the wall clock is read once.
      epoch: outer?.start.epoch ?? clock.now() - clock.monotonic(),
      at: clock.monotonic(),
    });
  };
  return {
    async run(options, work) {
      const span = begin(options);
      try {
        return await around.run(span, () => work(span));
      } catch (cause) {
        span.fail(HubError.from(cause).code);
        throw cause;
      } finally {
        const finished = span.end(clock.monotonic());
        if (span.context.isSampled) ended(finished);
      }
    },
    current() {
      const span = around.getStore();
      return span?.isOpen ? span : undefined;
    },
  };
}

interface Start {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentId: string | undefined;
  readonly attributes: Record<string, string | number | boolean | undefined>;
  readonly links: readonly TraceContext[];
  /** What to add to a time of the monotonic clock. */
  readonly epoch: number;
  readonly at: number;
}

class LiveSpan implements Span {
  isOpen = true;
  #name: string;
  #failure: string | undefined;

  constructor(
    readonly context: TraceContext,
    readonly start: Start,
  ) {
    this.#name = start.name;
  }

  rename(name: string): void {
    this.#name = name;
  }

  set(attributes: Attributes): void {
    Object.assign(this.start.attributes, attributes);
  }

  fail(type: string): void {
    this.#failure = type;
    this.set({ "error.type": type });
  }

  end(at: number): FinishedSpan {
    this.isOpen = false;
    const { kind, parentId, attributes, links, epoch } = this.start;
    return {
      context: this.context,
      name: this.#name,
      kind,
      from: epoch + this.start.at,
      to: epoch + at,
      attributes,
      links,
      ...(parentId !== undefined && { parentId }),
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }
}
