import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { TuiDriver } from "../../support/tui-driver.ts";

async function openTool(tui: TuiDriver, filter: string) {
  await tui.until("live");
  await tui.press("2").until("Tools 46");
  tui.press("/").raw(filter);
  await tui.until("Tools 1 of 46");
  await tui.press("enter", "enter").until("Ctrl+S run");
}

test("$EDITOR gets the terminal and the form gets what it wrote", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hubctl-editor-"));
  const editor = join(directory, "editor");
  // Asks on the terminal, so that the answer proves who gets the keys.
  writeFileSync(editor, '#!/bin/sh\nprintf "editing, text? "; read answer; printf \'{"channel":"C9","text":"%s"}\' "$answer" > "$1"\n');
  chmodSync(editor, 0o700);
  try {
    await using tui = new TuiDriver({ env: { EDITOR: editor, VISUAL: "" } });
    await openTool(tui, "messages.post");
    await tui.press("ctrl+e").until("editing, text?");
    expect(tui.isAlternateScreen).toBe(false);
    tui.raw("jjq typed\r");
    await tui.until("jjq typed");
    await tui.until((now) => now.isAlternateScreen && now.text.includes("C9"));
    await tui.press("down").until("field 2/8");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a call that runs is cancelled by Ctrl+C, which then does not quit", async () => {
  await using tui = new TuiDriver();
  await openTool(tui, "auth.test");
  await tui.press("ctrl+s").until("calling …");
  await tui.press("ctrl+c").until("CANCELLED");
  await tui.press("1").until("[1 Servers]");
});

test("a tool's own failure is a word as well as a colour", async () => {
  await using tui = new TuiDriver();
  await openTool(tui, "channels.list");
  await tui.press("ctrl+s").until("✗ error");
  expect(tui.text).toContain("missing_scope: channels:read");
});

test("while the hub is away its data stays, actions say why not, and everything comes back", async () => {
  await using tui = new TuiDriver();
  await tui.until("live");
  await tui.press("1").until("Servers 16");
  tui.signal("SIGUSR2");
  await tui.press("R").until("reconnecting");
  expect(tui.text).toContain("postgres-prod");
  await tui.until("as of");
  await tui.press("R").until("hub unreachable");
  tui.signal("SIGUSR2");
  await tui.press("ctrl+r").until("● live");
});

test("an unusual environment changes nothing about the first screen", async () => {
  await using tui = new TuiDriver({ env: { DEV: "true", CI: "1", FORCE_COLOR: "0" } });
  await tui.until("● live");
  expect(tui.lines()[1]).toContain("[0 Home]");
  expect(tui.output).not.toContain("devtools");
});

test("the view, the filter and the order are there again next time", async () => {
  const home = mkdtempSync(join(tmpdir(), "hubctl-state-"));
  try {
    const env = { XDG_STATE_HOME: home };
    await using first = new TuiDriver({ env });
    await first.until("live");
    await first.press("1").until("Servers 16");
    first.press("/").raw("postgres");
    await first.press("enter").until("Servers 2 of 16");
    first.press("ctrl+c");
    expect(await first.exited).toBe(0);
    await using second = new TuiDriver({ env });
    await second.until("Servers 2 of 16 · postgres");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
