import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";

const depthLimit = 128;
const slowestBodyMs = 30_000;

const tooLarge = (limit: number) =>
  new HubError("VALIDATION", `The body is larger than ${limit} bytes`, {
    hint: "Send less at once",
    details: { status: 413 },
  });

/** A body that does not announce its length fails once it passes the limit; all others have been measured by their header. */
export function limitBody(request: Request, limit: number): Request {
  // In this order: asking for `body` makes a stream of what Bun would otherwise read in one piece.
  if (request.headers.has("content-length") || !request.body) return request;
  let read = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        read += chunk.byteLength;
        if (read > limit) controller.error(tooLarge(limit));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Request(request, { method: request.method, body: counted, signal: request.signal });
}

/**
 * The JSON object in a body, `{}` where there is none. Anything but `application/json` is refused: a web page can send
 * other types across sites without the browser asking first.
 */
export async function readJsonObject(request: Request, clock: Clock): Promise<Record<string, unknown>> {
  const type = request.headers.get("content-type");
  const isJson = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type ?? "");
  if (type !== null && !isJson) throw notJson();
  const text = await readText(request, clock);
  if (text === "") return {};
  if (!isJson) throw notJson();
  const value = parse(text);
  const fault = jsonFault(value);
  if (fault) throw new HubError("VALIDATION", `The body ${fault}`, { hint: "Send plain JSON data" });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new HubError("VALIDATION", "The body is not a JSON object", { hint: "Send the fields as one object" });
}

const notJson = () =>
  new HubError("VALIDATION", "The body is not declared as application/json", {
    hint: "Set the header Content-Type: application/json",
    details: { status: 415 },
  });

/** The listener's idle timeout does not catch a caller who sends one byte a second. */
async function readText(request: Request, clock: Clock): Promise<string> {
  const late = Promise.withResolvers<never>();
  using _ = clock.after(slowestBodyMs, () =>
    late.reject(new HubError("VALIDATION", "The body did not arrive in time", { hint: "Send it again, faster", details: { status: 408 } })),
  );
  return await Promise.race([request.text(), late.promise]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HubError("VALIDATION", "The body is not JSON", { hint: "Check its syntax", cause });
  }
}

/** What JSON can say and no code behind this should meet: endless depth, `1e400` (Infinity here), a key that names the prototype. */
export const jsonFault = (value: unknown): string | undefined => faultOf(value, depthLimit);

function faultOf(value: unknown, levels: number): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "holds a number that is out of range";
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return `is nested more than ${depthLimit} levels deep`;
  if (Object.hasOwn(value, "__proto__")) return "holds a key __proto__";
  for (const item of Object.values(value)) {
    const fault = faultOf(item, levels - 1);
    if (fault) return fault;
  }
  return undefined;
}
