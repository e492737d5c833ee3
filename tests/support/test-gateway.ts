import { connect } from "node:net";
import { z } from "zod";
import { fakeRuntime, type FakeClock } from "./fake-runtime.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { defineOperation, walk, type Context, type Router } from "#hub/kernel/operation.ts";
import { localOwner } from "#hub/kernel/principal.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { compose, type Handler } from "#hub/gateway/compose.ts";
import { guard, type GuardOptions } from "#hub/gateway/guard.ts";
import { createListener, type Listener, type ListenerOptions } from "#hub/gateway/listener.ts";
import { requestId } from "#hub/gateway/request-id.ts";
import { httpOf } from "#hub/gateway/rest-surface.ts";
import { restRoutes, type RestOptions } from "#hub/gateway/rest.ts";
import { createRoutes } from "#hub/gateway/routes.ts";

/** A fake runtime whose network is the real loopback. */
export const loopbackRuntime = (given: Partial<Runtime> = {}): Runtime => fakeRuntime({ fetch: systemRuntime.fetch, ...given });

export interface TestGateway extends Listener, AsyncDisposable {
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Listens on a free loopback port, with what `given` changes. */
export async function testGateway(handler: Handler, given: Partial<ListenerOptions> = {}): Promise<TestGateway> {
  const listener = await createListener({ handler, host: "127.0.0.1", port: 0, log: silentLog, runtime: loopbackRuntime(), ...given });
  return {
    ...listener,
    fetch: (path, init) => systemRuntime.fetch(`${listener.url}${path}`, init),
    [Symbol.asyncDispose]: () => listener.stop({ deadlineMs: 0 }),
  };
}

export const guarded = (handler: Handler, options: Partial<GuardOptions> = {}): Handler =>
  compose(requestId(fakeRuntime().random), guard({ host: "127.0.0.1", ...options }))(handler);

/** The context of an operation whose areas are not asked for anything. */
export const contextOver =
  (runtime: Runtime): RestOptions["contextFor"] =>
  (_, parts) =>
    ({ runtime, guard: { operation: () => undefined }, observe: () => undefined, ...parts }) as unknown as Context;

export function restHandler(router: Router, runtime: Runtime, given: Partial<RestOptions> = {}): Handler {
  return createRoutes(
    restRoutes({
      router,
      authenticate: () => localOwner,
      contextFor: contextOver(runtime),
      clock: runtime.clock,
      log: silentLog,
      ...given,
    }),
  );
}

export const manifestOf = (router: Router) => [...walk(router)].map(({ name, operation }) => ({ name, http: httpOf(operation.http) }));

/** Moves the clock on until the promise settles; sockets need real turns of the loop between. */
export async function settle<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const end = () => void (state.isSettled = true);
  promise.then(end, end);
  while (!state.isSettled) await Promise.all([clock.advance(50), new Promise(setImmediate)]);
  return promise;
}

/** Sends bytes no HTTP client would and gives back all that came until the other side closed. */
export function sendRaw(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = "";
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  socket.on("data", (chunk) => (answer += String(chunk)));
  socket.on("close", () => resolve(answer));
  socket.on("error", reject);
  return promise;
}

const common = { summary: "For a test", audit: "none" } as const;

/** Operations of every form: path, query and body fields, progress, failures. */
export const sampleRouter = {
  things: {
    list: defineOperation({
      ...common,
      http: "GET /things",
      scope: "things:read",
      input: z.object({ limit: z.int().default(10), only: z.array(z.string()).optional(), hidden: z.boolean().optional() }),
      output: z.looseObject({}),
      run: (input) => input,
    }),
    get: defineOperation({
      ...common,
      http: "GET /things/{id}",
      scope: "things:read",
      input: z.object({ id: z.string() }),
      output: z.object({ id: z.string() }),
      run: (input) => input,
    }),
    rename: defineOperation({
      ...common,
      http: "POST /things/{id}/rename",
      scope: "things:write",
      input: z.object({ id: z.string(), name: z.string().describe("New name"), force: z.boolean().default(false) }),
      output: z.looseObject({ id: z.string() }),
      run: (input) => input,
    }),
    remove: defineOperation({
      ...common,
      http: "DELETE /things/{id}",
      scope: "things:write",
      input: z.object({ id: z.string(), force: z.boolean().default(false) }),
      output: z.looseObject({}),
      run: (input) => input,
    }),
    fail: defineOperation({
      ...common,
      http: "POST /failures",
      scope: "things:write",
      input: z.object({ how: z.enum(["conflict", "rate", "bug"]) }),
      output: z.object({}),
      run: ({ how }) => {
        if (how === "conflict") throw new HubError("CONFLICT", "It is taken", { hint: "Take another", details: { by: "ana" } });
        if (how === "rate") throw new HubError("RATE_LIMITED", "Too many", { details: { retryAfterMs: 1500 } });
        throw new Error("the database password is hunter2");
      },
    }),
    count: defineOperation({
      ...common,
      http: "POST /counts",
      scope: "things:write",
      input: z.object({ to: z.int() }),
      output: z.object({ counted: z.int() }),
      run: ({ to }, { progress }) => {
        for (let done = 1; done <= to; done++) progress({ progress: done, total: to });
        return { counted: to };
      },
    }),
    wait: defineOperation({
      ...common,
      http: "POST /waits",
      scope: "things:write",
      input: z.object({}),
      output: z.object({}),
      run: (_, { signal, progress }) => {
        progress({ progress: 0, message: "waiting" });
        return new Promise<{}>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      },
    }),
  },
} satisfies Router;
