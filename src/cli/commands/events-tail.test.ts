import { expect, test } from "bun:test";
import type { HubEvent } from "#hub/kernel/event.ts";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";

const at = 1_763_700_000_000;
const event = (id: number, type: string, rest: Partial<HubEvent> = {}): HubEvent => ({
  id,
  type,
  v: 1,
  level: "info",
  at,
  tenant: "default",
  data: {},
  ...rest,
});

const stream = (...events: HubEvent[]): CliOptions => ({
  events: async function* () {
    yield* events;
  },
});
const tail = (argv: string[], options: CliOptions) => cli(["events", "tail", ...argv], options);

test("one line an event: tab-separated in a pipe, NDJSON with --json, readable on a terminal", async () => {
  const options = stream(event(1, "servers.state_changed", { data: { name: "git\u001b[2Jhub" } }));
  expect((await tail([], options)).out).toBe('1\t2025-11-21T04:40:00.000Z\tinfo\tservers.state_changed\t{"name":"git\\u001b[2Jhub"}\n');
  expect(JSON.parse((await tail(["--json"], options)).out)).toMatchObject({ id: 1, data: { name: "git\u001b[2Jhub" } });
  const { out } = await tail([], { ...options, isTTY: true, columns: 30 });
  expect(out).toBe("04:40:00.000 info  servers.st…\n");
});

test("level and words narrow what is shown; types are asked of the hub", async () => {
  const events = [
    event(1, "a.b", { level: "debug" }),
    event(2, "a.c", { level: "warn", data: { name: "GitHub" } }),
    event(3, "a.d", { level: "error" }),
  ];
  const ids = async (...argv: string[]) =>
    (await tail(argv, stream(...events))).out
      .split("\n")
      .filter(Boolean)
      .map((line) => Number(line.split("\t")[0]));
  expect(await ids()).toEqual([1, 2, 3]);
  expect(await ids("--level", "warn")).toEqual([2, 3]);
  expect(await ids("--filter", "github", "--filter=a.c")).toEqual([2]);
});

test("Ctrl-C ends it well", async () => {
  let interrupt = () => {};
  const options: CliOptions = {
    events: async function* (signal) {
      yield event(1, "a.b");
      interrupt();
      signal.throwIfAborted();
    },
    prepare: (terminal) => (interrupt = terminal.interrupt),
  };
  const { code, err, out } = await tail([], options);
  expect({ code, err, lines: out.split("\n").length }).toEqual({ code: 0, err: "", lines: 2 });
});
