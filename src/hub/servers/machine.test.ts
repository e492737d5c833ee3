import { expect, test } from "bun:test";
import fc from "fast-check";
import { defaultPace, initialStatus, reduce, type Input, type Moment, type Status } from "./machine.ts";

const at = (now: number, jitter = 0.5): Moment => ({ now, jitter, pace: defaultPace });
const run = (inputs: readonly (readonly [Input, number])[], status = initialStatus(0, false)) =>
  inputs.reduce((current, [input, now]) => reduce(current, input, at(now)).status, status);
const failure = { error: "no", hint: "yes" };

test("start connects, connected is ready", () => {
  const started = reduce(initialStatus(0, false), { type: "start" }, at(1));
  expect(started.status.state).toBe("starting");
  expect(started.effects).toEqual([{ type: "connect" }]);
  expect(reduce(started.status, { type: "connected" }, at(2)).status).toMatchObject({ state: "ready", since: 2 });
});

test("a disabled server starts only when it is asked to", () => {
  const disabled = initialStatus(0, true);
  expect(disabled.state).toBe("disabled");
  expect(reduce(disabled, { type: "retry_due" }, at(1)).status.state).toBe("disabled");
  expect(reduce(disabled, { type: "start" }, at(1)).status.state).toBe("starting");
});

test("failing to connect backs off twice as long each time, with jitter, up to the slowest pace", () => {
  let status: Status = initialStatus(0, false);
  const delays: number[] = [];
  for (let i = 0; i < 12; i++) {
    status = reduce(status, { type: i === 0 ? "start" : "retry_due" }, at(0)).status;
    const failed = reduce(status, { type: "connect_failed", ...failure }, at(0));
    status = failed.status;
    delays.push(failed.effects.flatMap((effect) => (effect.type === "retry_in" ? [effect.ms] : []))[0]!);
  }
  expect(delays.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
  expect(delays.at(-1)).toBe(60_000);
  expect(status).toMatchObject({ state: "failed", error: "no", hint: "yes", failures: 12 });
});

test("what cannot mend itself is failed at once and tried at the slowest pace", () => {
  const { status, effects } = reduce(run([[{ type: "start" }, 0]]), { type: "connect_failed", ...failure, permanent: true }, at(5));
  expect(status).toMatchObject({ state: "failed", nextRetryAt: 60_005 });
  expect(effects).toContainEqual({ type: "retry_in", ms: 60_000 });
});

test("a server that dies young comes back within the flapping pace, however often", () => {
  let status = run([
    [{ type: "start" }, 0],
    [{ type: "connected" }, 0],
  ]);
  for (let i = 0; i < 20; i++) {
    const lost = reduce(status, { type: "closed", error: "killed" }, at(i));
    const wait = lost.effects.find((effect) => effect.type === "retry_in");
    expect(wait?.ms).toBeLessThanOrEqual(defaultPace.flappingMs * 1.2);
    expect(lost.status.state).toBe("backing_off");
    status = reduce(reduce(lost.status, { type: "retry_due" }, at(i)).status, { type: "connected" }, at(i)).status;
  }
});

test("a server that worked long enough starts its pace anew", () => {
  const long = run(
    [
      [{ type: "start" }, 0],
      [{ type: "connected" }, 0],
    ],
    { ...initialStatus(0, false), failures: 4 },
  );
  expect(reduce({ ...long, failures: 4 }, { type: "closed", error: "x" }, at(defaultPace.stableMs)).status.failures).toBe(1);
});

test("transport failures degrade a server, and make the connection anew at the limit", () => {
  const ready = run([
    [{ type: "start" }, 0],
    [{ type: "connected" }, 0],
  ]);
  const once = reduce(ready, { type: "traffic_failed", error: "reset" }, at(1)).status;
  expect(once.state).toBe("degraded");
  expect(reduce(once, { type: "traffic_ok" }, at(2)).status.state).toBe("ready");
  const thrice = reduce(
    reduce(once, { type: "traffic_failed", error: "reset" }, at(2)).status,
    { type: "traffic_failed", error: "reset" },
    at(3),
  );
  expect(thrice.status.state).toBe("backing_off");
  expect(thrice.effects[0]).toEqual({ type: "disconnect" });
});

test("a forgotten session is opened anew at once, one that keeps being forgotten is paced", () => {
  const ready = run([
    [{ type: "start" }, 0],
    [{ type: "connected" }, 0],
  ]);
  const first = reduce(ready, { type: "session_lost", error: "404" }, at(5));
  expect(first.status.state).toBe("starting");
  expect(first.effects).toEqual([{ type: "disconnect" }, { type: "connect" }]);
  const back = reduce(first.status, { type: "connected" }, at(6)).status;
  expect(reduce(back, { type: "session_lost", error: "404" }, at(7)).status.state).toBe("backing_off");
});

const url = "https://as.example/authorize";

test("a server waits for a person without a connection, keeps the newest address, and connects once they have signed in", () => {
  const waiting = run([
    [{ type: "start" }, 0],
    [{ type: "authorization_required", url: "https://as.example/old" }, 1],
    [{ type: "authorization_required", url }, 2],
  ]);
  expect(waiting).toMatchObject({ state: "authorizing", authorizationUrl: url, since: 1 });
  for (const type of ["connected", "retry_due", "start"] as const) expect(reduce(waiting, { type }, at(3)).effects).toEqual([]);
  const back = reduce(waiting, { type: "authorized" }, at(4));
  expect(back).toMatchObject({ status: { state: "starting", failures: 0 }, effects: [{ type: "connect" }] });
  expect(back.status.authorizationUrl).toBeUndefined();
});

test("a token that dies ends the connection; more permissions are offered while it lives", () => {
  const ready = run([
    [{ type: "start" }, 0],
    [{ type: "connected" }, 0],
  ]);
  const died = reduce(ready, { type: "authorization_required", url }, at(5));
  expect(died).toMatchObject({ status: { state: "authorizing" }, effects: [{ type: "disconnect" }] });
  const offered = reduce(ready, { type: "authorization_offered", url }, at(5));
  expect(offered).toEqual({ status: { ...ready, authorizationUrl: url }, effects: [] });
  expect(reduce(offered.status, { type: "authorized" }, at(6))).toEqual({ status: ready, effects: [] });
});

const input: fc.Arbitrary<Input> = fc.oneof(
  ...(["start", "stop", "disable", "connected", "traffic_ok", "retry_due", "authorized"] as const).map((type) =>
    fc.constant<Input>({ type }),
  ),
  ...(["connect_failed", "closed", "session_lost", "traffic_failed"] as const).map((type) =>
    fc.boolean().map((permanent): Input => ({ type, error: "e", permanent })),
  ),
  fc.constantFrom<Input>({ type: "authorization_required", url }, { type: "authorization_offered", url }),
);

test("whatever happens: one connection at a time, a retry only while none is wanted, rest is rest", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(30_000), fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 60 }), (steps) => {
      let status = initialStatus(0, false);
      let now = 0;
      let connections = 0;
      for (const [next, passed, jitter] of steps) {
        now += passed;
        const before = status.state;
        const { status: after, effects } = reduce(status, next, at(now, jitter));
        for (const effect of effects) {
          if (effect.type === "connect") expect(++connections).toBe(1);
          if (effect.type === "disconnect") connections = 0;
          if (effect.type === "retry_in") expect(effect.ms).toBeLessThanOrEqual(defaultPace.slowestMs * 1.2);
        }
        const waits = after.state === "backing_off" || after.state === "failed";
        if (after.state === "authorizing") expect([connections, after.authorizationUrl]).toEqual([0, url]);
        expect(after.nextRetryAt !== undefined).toBe(waits);
        expect(after.error !== undefined).toBe(waits || after.state === "degraded");
        if ((before === "stopped" || before === "disabled") && next.type !== "start")
          expect(["stopped", "disabled"]).toContain(after.state);
        status = after;
      }
    }),
  );
});
