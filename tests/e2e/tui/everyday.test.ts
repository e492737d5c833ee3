import { describe, expect, test } from "bun:test";
import { TuiDriver } from "../../support/tui-driver.ts";

describe("servers", () => {
  test("a burst of keys moves one row each", async () => {
    await using tui = new TuiDriver({ env: { FIXTURE_SERVERS: "10000" } });
    await tui.until("live");
    await tui.press("1").until("Servers 10 016");
    tui.raw("jjjjj");
    await tui.until("6/10 016");
    tui.raw("G");
    await tui.until("10 016/10 016");
  });

  test("the filter narrows while it is typed, Enter keeps it, Esc clears it", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("1").until("Servers 16");
    tui.press("/").raw("st:failed");
    await tui.until("Servers 1 of 16 · st:failed");
    await tui.press("enter").until("/ filter");
    expect(tui.text).toContain("Servers 1 of 16");
    await tui.press("esc").until(/Servers 16 /);
    tui.press("/").raw("/(/");
    await tui.until("unterminated group");
    expect(tui.text).toContain("Servers 16");
  });

  test("a failed server opens on its cause and its cure", async () => {
    await using tui = new TuiDriver({ columns: 80, rows: 24 });
    await tui.until("live");
    await tui.until("4 problems");
    await tui.press("!").until("Why      GITHUB_TOKEN is not set");
    expect(tui.text).toContain("R restart");
    await tui.press("R").until("github restarted");
    await tui.until("● running");
  });

  test("hostile names stay in their column", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("1").until("hostilename");
    // xterm's width table is older than the emoji.
    const rows = tui
      .lines()
      .slice(4, 37)
      .filter((row) => !/\p{Emoji_Presentation}/u.test(row));
    expect(new Set(rows.map((row) => Bun.stringWidth(row)))).toEqual(new Set([120]));
  });
});

describe("tools", () => {
  test("a nested form sends what was filled in and shows the answer", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("2").until("Tools 46");
    tui.press("/").raw("messages.post");
    await tui.until("Tools 1 of 46");
    await tui.press("enter", "enter").until("field 1/8");
    tui.press("enter").raw("C024BE91L");
    tui.press("enter", "down", "down", "enter");
    await tui.until("event_type");
    tui.press("down", "enter").raw("deploy_done");
    tui.press("enter", "ctrl+s");
    await tui.until("✓ ok");
    expect(tui.text).toContain('channel: "C024BE91L"');
    expect(tui.text).toContain('event_type: "deploy_done"');
    expect(tui.text).not.toContain("unfurl_links: ");
  });

  test("a required field that is empty is not sent but shown", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("2").until("figma.files.get");
    await tui.press("enter").until("field 1/2");
    await tui.press("down", "ctrl+s").until("✗ required");
    expect(tui.text).toContain("field 1/2");
  });

  test("a pasted text is one edit, and its control characters do nothing", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("2").until("Tools 46");
    await tui.press("enter").until("field 1/2");
    await tui.press("enter").until((now) => now.output.lastIndexOf("\u001b[?25h") > now.output.lastIndexOf("\u001b[?25l"));
    await tui.paste("a\nq\u001b[2Jb").until("a q");
    await tui.press("enter").until("✓");
    expect(tui.lines()[0]).toContain("hubctl");
  });
});

describe("events", () => {
  test("pause freezes the rows and counts what is new; G follows again", async () => {
    await using tui = new TuiDriver({ env: { FIXTURE_RATE: "100" } });
    await tui.until("live");
    await tui.press("4").until("FOLLOW");
    await tui.press("p").until("PAUSED");
    const rows = tui.lines().slice(4, 30);
    await tui.until(/[1-9]\d* new below/);
    expect(tui.lines().slice(4, 30)).toEqual(rows);
    await tui.press("G").until("FOLLOW");
  });
});

describe("the frame", () => {
  test("says how large it has to be, and can still be left", async () => {
    await using tui = new TuiDriver({ columns: 44, rows: 12 });
    await tui.until("needs at least 60x16 (now 44x12)");
    tui.press("q");
    expect(await tui.exited).toBe(0);
  });

  test("after any resizing it looks as if it had been started that large", async () => {
    // Times differ, and xterm's width table is older than the emoji.
    const masked = (tui: TuiDriver) =>
      tui
        .lines()
        .filter((line) => !/\p{Emoji_Presentation}/u.test(line))
        .map((line) => line.replace(/\d\d:\d\d:\d\d(\.\d+)?/g, "T").trimEnd())
        .join("\n");
    await using fresh = new TuiDriver();
    await fresh.until("live");
    await fresh.press("1").until("FOLLOW · 34 lines");
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("1").until("FOLLOW · 34 lines");
    await tui.resize(60, 16).until((now) => /^ hubctl.*\[Servers\]/.test(now.lines()[0]!));
    await tui.resize(200, 60).until((now) => now.lines()[59]!.includes("? help"));
    await tui.resize(120, 40).until((now) => masked(now) === masked(fresh));
  });

  test("without colour the selection is still there", async () => {
    await using tui = new TuiDriver({ env: { NO_COLOR: "1" } });
    await tui.until("live");
    await tui.press("1").until("Servers 16");
    expect(tui.output).not.toMatch(/\u001b\[(3\d|4[0-7]|9\d)m/);
    expect(tui.isInverse(5)).toBe(true);
  });

  test("the palette finds an action by its words and runs it", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press(":").until("Command");
    tui.raw("restart gitea");
    await tui.until("▸ Restart server gitea");
    await tui.press("enter").until("gitea restarted");
  });

  test("the help knows every key and can be searched", async () => {
    await using tui = new TuiDriver();
    await tui.until("live");
    await tui.press("?").until("Keys · type to search");
    tui.raw("restart");
    await tui.until((now) => now.text.includes("restart the server") && !now.text.includes("command palette"));
    await tui.press("esc").until((now) => !now.text.includes("type to search"));
  });
});
