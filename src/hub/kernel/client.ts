import type { z } from "zod";
import { HubError } from "./errors.ts";
import { invoke, walk, type Context, type NamedOperation, type Progress, type Router } from "./operation.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Operations as async functions, typed the same in-process and remote: `client.servers.restart({ id })`. */
export type Client<R extends Router> = {
  readonly [A in keyof R]: {
    readonly [V in keyof R[A]]: (input: z.input<R[A][V]["input"]>, options?: CallOptions) => Promise<z.output<R[A][V]["output"]>>;
  };
};

export type Invoke = (name: string, input: unknown, options?: CallOptions) => Promise<unknown>;

/** Makes the typed client over any way to run an operation by name. */
export function clientOver<R extends Router>(run: Invoke): Client<R> {
  const area = (name: string) =>
    new Proxy({}, { get: (_, verb: string) => (input: unknown, options?: CallOptions) => run(`${name}.${verb}`, input, options) });
  return new Proxy({}, { get: (_, name: string) => (name === "then" ? undefined : area(name)) }) as Client<R>;
}

/** Runs operations of this process, each in a context of its own. */
export function localInvoke(router: Router, contextFor: (options: CallOptions) => Context): Invoke {
  const operations = new Map<string, NamedOperation>([...walk(router)].map((named) => [named.name, named]));
  return async (name, input, options = {}) => {
    const named = operations.get(name);
    if (!named) throw new HubError("NOT_FOUND", `There is no operation ${name}`);
    return invoke(named, input, contextFor(options));
  };
}
