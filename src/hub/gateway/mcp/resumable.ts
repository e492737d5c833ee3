import type { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import type { EventMemory } from "./event-memory.ts";

/** How long a client whose stream has ended waits before it comes back for the rest. */
export const retryMs = 1_000;

const resumeHeader = "last-event-id";
/** The first revision whose clients take an event without content. */
const primedSince = "2025-11-25";

export interface Listened {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly memory: EventMemory;
  /** The standalone stream is open. */
  listening(): void;
}

/**
 * Opens the standalone stream of a session, or resumes the stream that an event was sent on. Either begins with the event
 * it can be resumed from, should it break before it says anything; the SDK does so only for streams that answer a POST.
 */
export async function openStream(request: Request, { transport, memory, listening }: Listened): Promise<Response> {
  const lastEvent = request.headers.get(resumeHeader) ?? "";
  const isPrimed = (request.headers.get("mcp-protocol-version") ?? "") >= primedSince;
  const from = lastEvent === "" && isPrimed ? memory.mark() : lastEvent;
  const headers = new Headers(request.headers);
  if (from !== "") headers.set(resumeHeader, from);
  const response = await transport.handleRequest(new Request(request, { headers }));
  if (!response.ok || !response.body) return response;
  if (lastEvent === "") listening();
  return isPrimed ? new Response(response.body.pipeThrough(beginning(`id: ${from}\nretry: ${retryMs}\ndata: \n\n`)), response) : response;
}

const beginning = (text: string) =>
  new TransformStream<Uint8Array, Uint8Array>({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)) });
