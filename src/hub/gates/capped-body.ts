import { HubError } from "#hub/kernel/errors.ts";

interface CappedBodyOptions {
  readonly maxBytes: number | undefined;
  readonly host: string;
  /** Runs once, when the body has ended, failed or was let go. */
  readonly ended: () => void;
  readonly failure: (cause: unknown) => HubError;
}

/** The same bytes, counted after decompression, so that a small answer cannot unpack into a huge one; read only as fast as it is pulled. */
export function cappedBody(
  body: ReadableStream<Uint8Array>,
  { maxBytes = Infinity, host, ended, failure }: CappedBodyOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let taken = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (done) {
            ended();
            return controller.close();
          }
          taken += value.byteLength;
          if (taken > maxBytes) throw tooLarge(host, maxBytes);
          controller.enqueue(value);
        } catch (cause) {
          ended();
          // The connection goes with the body; that it is already broken is what we are about to report.
          reader.cancel(cause).catch(() => undefined);
          controller.error(cause instanceof HubError ? cause : failure(cause));
        }
      },
      async cancel(reason) {
        ended();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

const tooLarge = (host: string, maxBytes: number) =>
  new HubError("FORBIDDEN", `${host} answered with more than the ${maxBytes} bytes allowed`, { hint: "Ask it for less at a time" });
