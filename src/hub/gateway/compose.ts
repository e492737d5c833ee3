import type { Exchange } from "./exchange.ts";

export type Handler = (request: Request, exchange: Exchange) => Response | Promise<Response>;
export type Middleware = (next: Handler) => Handler;

/** One handler out of many layers; the first is the outermost. */
export const compose =
  (...layers: readonly Middleware[]) =>
  (handler: Handler): Handler =>
    layers.reduceRight((next, layer) => layer(next), handler);
