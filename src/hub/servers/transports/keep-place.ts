import type { FetchLike } from "@modelcontextprotocol/client";

/**
 * Begins a stream that is resumed with the event it is resumed from. The SDK knows the place of a stream by what came on it:
 * one that broke twice without a word between, as those of a server that lets itself be polled do, would be lost to it.
 */
export const keepPlace =
  (send: FetchLike): FetchLike =>
  async (url, init) => {
    const response = await send(url, init);
    const place = init?.method === "GET" ? new Headers(init.headers).get("last-event-id") : null;
    if (place === null || !response.ok || !response.body) return response;
    const first = new TextEncoder().encode(`id: ${place}\ndata: \n\n`);
    const body = response.body.pipeThrough(new TransformStream({ start: (controller) => controller.enqueue(first) }));
    return new Response(body, response);
  };
