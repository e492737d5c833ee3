import { describe, expect, test } from "bun:test";
import { TuiDriver, type TuiDriverOptions } from "../../support/tui-driver.ts";

/** A shell line, then the interface, as a user would have it. */
const inShell = (env: Record<string, string> = {}): TuiDriverOptions => ({
  env,
  argv: ["sh", "-c", `echo earlier line; '${process.execPath}' tests/support/tui-fixture-main.ts; echo "left with $?"; sleep 5`],
});

async function expectRestored(tui: TuiDriver, code: number) {
  await tui.until(`left with ${code}`);
  expect(tui.isAlternateScreen).toBe(false);
  expect(tui.lines()[0]).toBe("earlier line");
  const modes = tui.output.slice(tui.output.lastIndexOf("\u001b[?1049l"));
  expect(modes).toContain("\u001b[?25h");
  expect(modes).not.toMatch(/\u001b\[\?(25l|1049h|100\dh|2004h)/);
}

const childOf = (pid: number): number =>
  Number(
    Bun.spawnSync(["pgrep", "-P", String(pid)])
      .stdout.toString()
      .trim()
      .split("\n")[0],
  );

describe("the terminal is given back", () => {
  test("after q at the root", async () => {
    await using tui = new TuiDriver(inShell());
    await tui.until("live");
    await expectRestored(tui.press("q"), 0);
  });

  test("after Ctrl+C", async () => {
    await using tui = new TuiDriver(inShell());
    await tui.until("live");
    await expectRestored(tui.press("ctrl+c"), 0);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("after %s", async (signal, code) => {
    await using tui = new TuiDriver(inShell());
    await tui.until("live");
    process.kill(childOf(tui.pid), signal);
    await expectRestored(tui, code);
  });

  test.each([
    ["timer", 70, "thrown in a timer"],
    ["rejection", 70, "rejected promise"],
    ["exit", 3, ""],
  ])("after a crash: %s", async (crash, code, message) => {
    await using tui = new TuiDriver(inShell({ FIXTURE_CRASH: crash }));
    await tui.until("live");
    process.kill(childOf(tui.pid), "SIGUSR2");
    await expectRestored(tui, code);
    expect(tui.text).toContain(message);
  });
});

test("a window that is closed ends the program", async () => {
  await using tui = new TuiDriver();
  await tui.until("live");
  tui.hangUp();
  expect(await tui.exited).toBe(129);
});

test("Esc climbs and never quits", async () => {
  await using tui = new TuiDriver();
  await tui.until("live");
  for (let i = 0; i < 10; i++) tui.press("esc");
  await tui.press("1").until("[1 Servers]");
});
