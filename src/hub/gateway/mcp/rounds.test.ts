import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeClock, fakeRuntime } from "../../../../tests/support/fake-runtime.ts";
import type { Call, Result } from "../../catalog/call.ts";
import { localOwner } from "../../kernel/principal.ts";
import { createRoundStates, type Binding } from "./round-state.ts";
import { createRounds, type Round } from "./rounds.ts";

const binding: Binding = { principal: "ana", method: "tools/call", target: "ask" };
const capabilities = { elicitation: {}, sampling: {}, roots: {} };

function world() {
  const clock = fakeClock();
  const rounds = createRounds({ clock, random: fakeRuntime().random });
  const call = (given: Partial<Call> = {}): Call => ({
    principal: localOwner,
    door: "mcp",
    signal: new AbortController().signal,
    clientCapabilities: capabilities,
    ...given,
  });
  const run = async (work: Round["work"], given: Partial<Round> = {}) => {
    const answer = rounds.run({ binding, era: "modern", state: undefined, inputResponses: undefined, call: call(), work, ...given });
    answer.catch(() => undefined);
    await clock.advance(20);
    return answer;
  };
  return { clock, run, call };
}

/** A server of 2025: asks while it works, and answers with what it heard. */
const asks =
  (...methods: string[]) =>
  async (call: Call): Promise<Result> => {
    const heard: unknown[] = [];
    for (const method of methods) heard.push(await call.onServerRequest!(method, { about: method }));
    return { content: heard };
  };

const never = async (): Promise<Result> => {
  throw new Error("the work is begun once");
};

test("what a server asks goes out as a result, and the answer reaches it with the next request", async () => {
  const { run } = world();
  const first = await run(asks("elicitation/create"));
  expect(first).toMatchObject({
    resultType: "input_required",
    inputRequests: { "elicitation-1": { method: "elicitation/create", params: { about: "elicitation/create" } } },
  });
  const answer = { action: "accept", content: { name: "Ana" } };
  expect(await run(never, { state: first["requestState"] as string, inputResponses: { "elicitation-1": answer } })).toEqual({
    content: [answer],
  });
});

test("round after round, each with a state of its own", async () => {
  const { run } = world();
  const one = await run(asks("elicitation/create", "sampling/createMessage", "roots/list"));
  const two = await run(never, { state: one["requestState"] as string, inputResponses: { "elicitation-1": { a: 1 } } });
  expect(Object.keys(two["inputRequests"] as object)).toEqual(["sampling-2"]);
  expect(two["requestState"]).not.toBe(one["requestState"]);
  const three = await run(never, { state: two["requestState"] as string, inputResponses: { "sampling-2": { b: 2 } } });
  expect(await run(never, { state: three["requestState"] as string, inputResponses: { "roots-3": { roots: [] } } })).toEqual({
    content: [{ a: 1 }, { b: 2 }, { roots: [] }],
  });
});

test("what a server asks at once is asked at once", async () => {
  const { run } = world();
  const both = async (call: Call) => ({
    content: await Promise.all([call.onServerRequest!("elicitation/create", {}), call.onServerRequest!("roots/list", {})]),
  });
  const first = await run(both);
  expect(Object.keys(first["inputRequests"] as object)).toEqual(["elicitation-1", "roots-2"]);
});

test("an answer that is missing or no object is asked for again", async () => {
  const { run } = world();
  const first = await run(asks("elicitation/create"));
  for (const inputResponses of [{}, { other: {} }, { "elicitation-1": 12345 }]) {
    const again = await run(never, { state: first["requestState"] as string, inputResponses });
    expect(again).toMatchObject({ resultType: "input_required", inputRequests: { "elicitation-1": {} } });
    first["requestState"] = again["requestState"];
  }
});

test("a client that cannot answer is not asked: the server hears that it cannot", async () => {
  const { run, call } = world();
  const asking = async (asked: Call): Promise<Result> => {
    const heard = await asked.onServerRequest!("sampling/createMessage", {}).catch((cause: Error) => cause.message);
    return { content: [heard] };
  };
  const { content } = await run(asking, { call: call({ clientCapabilities: { elicitation: {} } }) });
  expect(content).toEqual(["The asking client cannot answer sampling/createMessage"]);
});

test("a call that fails because its client cannot answer names what the client lacks", async () => {
  const { run, call } = world();
  const given = { call: call({ clientCapabilities: { elicitation: {} } }) };
  const refused = { code: -32021, data: { requiredCapabilities: { sampling: {} } } };
  await expect(run(asks("sampling/createMessage"), given)).rejects.toMatchObject(refused);
  const tool = (asked: Call): Promise<Result> => asks("sampling/createMessage")(asked).catch(() => ({ isError: true, content: [] }));
  await expect(run(tool, given)).rejects.toMatchObject(refused);
  const unrelated = async () => ({ isError: true, content: [] });
  expect(await run(unrelated, given)).toEqual({ isError: true, content: [] });
});

test("G10 a state is good once, for who got it, for the request it came from, and for ten minutes", async () => {
  const { run, clock } = world();
  const state = (await run(asks("elicitation/create")))["requestState"] as string;
  const inputResponses = { "elicitation-1": {} };
  for (const other of [{ principal: "bob" }, { method: "prompts/get" }, { target: "wipe" }])
    await expect(run(never, { state, inputResponses, binding: { ...binding, ...other } })).rejects.toMatchObject({ code: -32602 });
  await expect(run(never, { state: `${state}-TAMPERED`, inputResponses })).rejects.toMatchObject({ code: -32602 });
  await run(never, { state, inputResponses });
  await expect(run(never, { state, inputResponses })).rejects.toMatchObject({ code: -32602 });
  const old = (await run(asks("elicitation/create")))["requestState"] as string;
  await clock.advance(10 * 60_000 + 1);
  await expect(run(never, { state: old, inputResponses })).rejects.toMatchObject({ code: -32602 });
});

test("a call that nobody comes back for is ended", async () => {
  const { run, clock } = world();
  let ended = false;
  await run(async (call) => {
    call.signal.addEventListener("abort", () => (ended = true));
    return asks("elicitation/create")(call);
  });
  await clock.advance(10 * 60_000 + 1);
  expect(ended).toBe(true);
});

test("leaving ends the call at work, but not one that waits for its next round", async () => {
  const { run, call } = world();
  const leaving = new AbortController();
  let ended = false;
  const work = async (asked: Call) => {
    asked.signal.addEventListener("abort", () => (ended = true));
    return asks("elicitation/create")(asked);
  };
  await run(work, { call: call({ signal: leaving.signal }) });
  leaving.abort();
  expect(ended).toBe(false);
});

test("progress goes to the request that is being answered now", async () => {
  const { run, call } = world();
  const told: string[] = [];
  const listening = (name: string) => call({ onProgress: () => told.push(name) });
  const work = async (asked: Call) => {
    asked.onProgress?.({ progress: 1 });
    await asked.onServerRequest!("elicitation/create", {});
    asked.onProgress?.({ progress: 2 });
    return { content: [] };
  };
  const first = await run(work, { call: listening("first") });
  await run(never, { state: first["requestState"] as string, inputResponses: { "elicitation-1": {} }, call: listening("second") });
  expect(told).toEqual(["first", "second"]);
});

test("the state of a server of 2026 goes through sealed, and comes back to it as it was", async () => {
  for (const era of ["modern", "legacy"] as const) {
    const { run } = world();
    const asking = async (): Promise<Result> => ({ resultType: "input_required", inputRequests: {}, requestState: "of the server" });
    const state = (await run(asking, { era }))["requestState"] as string;
    expect(state).not.toContain("of the server");
    const seen: unknown[] = [];
    await run(async ({ passed }) => (seen.push(passed?.["requestState"]), { content: [] }), { era, state });
    expect(seen).toEqual(["of the server"]);
  }
});

test("no text but the one that was sealed opens, whatever it is", () => {
  const clock = fakeClock();
  const states = createRoundStates({ clock, random: fakeRuntime().random });
  const sealed = states.seal({ waits: "x" }, binding);
  expect(states.open(sealed, binding)).toEqual({ waits: "x" });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.nat(sealed.length - 1).map((at) => `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`),
      ),
      (text) => {
        fc.pre(text !== sealed);
        expect(() => states.open(text, binding)).toThrow("Invalid or expired requestState");
      },
    ),
  );
});
