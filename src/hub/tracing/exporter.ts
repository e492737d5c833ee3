import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import { otlpJson, type Origin } from "./otlp-json.ts";
import type { TracingSettings } from "./settings.ts";
import type { FinishedSpan } from "./span.ts";

/** Sends spans to a collector, in batches and behind the calls; nothing of it ever reaches a caller. */
export interface Exporter extends AsyncDisposable {
  add(span: FinishedSpan): void;
  counts(): { readonly sent: number; readonly dropped: number };
}

export interface ExporterDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The way out, which sees to the timeout. */
  readonly post: (url: string, init: RequestInit) => Promise<Response>;
  readonly settings: Pick<TracingSettings, "url" | "headers">;
  readonly origin: Origin;
}

/** OpenTelemetry's own: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor */
const everyMs = 5_000;
const batchSize = 512;
const mostWaiting = 2_048;
const slowestMs = 60_000;
/** How long a hub that stops waits for the collector. */
const farewellMs = 3_000;
/** Answers after which the same may be sent again (OTLP/HTTP, retryable response codes). */
const retryable = new Set([429, 502, 503, 504]);

type Answer = "taken" | "later" | "never";

/** Makes the exporter; disposing it sends what is left, but does not wait for long. */
export const createExporter = (deps: ExporterDeps): Exporter => new OtlpExporter(deps);

class OtlpExporter implements Exporter {
  #waiting: FinishedSpan[] = [];
  #sending: Promise<void> | undefined;
  #sent = 0;
  #dropped = 0;
  #failures = 0;
  #notBefore = 0;
  readonly #leaving = new AbortController();
  readonly #timer: Disposable;

  constructor(readonly deps: ExporterDeps) {
    this.#timer = deps.clock.every(everyMs, () => void this.#send());
  }

  add(span: FinishedSpan): void {
    if (this.#waiting.length >= mostWaiting) this.#dropped += 1;
    else this.#waiting.push(span);
    if (this.#waiting.length === batchSize) void this.#send();
  }

  counts(): { sent: number; dropped: number } {
    return { sent: this.#sent, dropped: this.#dropped };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer[Symbol.dispose]();
    using _ = this.deps.clock.after(farewellMs, () => this.#leaving.abort());
    await this.#sending;
    this.#notBefore = 0;
    await this.#send();
    this.#dropped += this.#waiting.length;
  }

  /** Sends what waits, one batch after the other, until the collector wants to be left alone. */
  #send(): Promise<void> {
    if (this.deps.clock.monotonic() < this.#notBefore) return Promise.resolve();
    return (this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined)));
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#leaving.signal.aborted) {
      const batch = this.#waiting.slice(0, batchSize);
      const answer = await this.#post(batch);
      if (answer === "later") return;
      this.#waiting.splice(0, batch.length);
      if (answer === "never") this.#dropped += batch.length;
    }
  }

  async #post(batch: readonly FinishedSpan[]): Promise<Answer> {
    const { post, settings, origin } = this.deps;
    try {
      const response = await post(settings.url, {
        method: "POST",
        headers: { ...settings.headers, "content-type": "application/json" },
        body: otlpJson(batch, origin),
        signal: this.#leaving.signal,
      });
      const text = await response.text();
      if (!response.ok) return this.#failed(`HTTP ${response.status}`, retryable.has(response.status) ? "later" : "never", response);
      this.#failures = 0;
      const rejected = Math.min(batch.length, rejectedIn(text));
      this.#dropped += rejected;
      this.#sent += batch.length - rejected;
      return "taken";
    } catch (cause) {
      return this.#failed(cause instanceof Error ? cause.message : String(cause), "later");
    }
  }

  /** The first failure in a row is logged, for a collector that is down stays down for a while. */
  #failed(why: string, answer: Answer, response?: Response): Answer {
    if (this.#failures++ === 0) this.deps.log.warn("traces could not be sent", { why });
    if (answer === "never") return answer;
    const asked = Number(response?.headers.get("retry-after") ?? "") * 1000 || 0;
    const pause = Math.min(slowestMs, Math.max(asked, everyMs * 2 ** Math.min(this.#failures - 1, 10)));
    this.#notBefore = this.deps.clock.monotonic() + pause;
    return answer;
  }
}

/** A collector may take a part of a batch (OTLP, partial success). */
function rejectedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: string | number } };
    return Math.max(0, Number(partialSuccess?.rejectedSpans ?? 0)) || 0;
  } catch {
    return 0;
  }
}
