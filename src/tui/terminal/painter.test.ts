import { EventEmitter } from "node:events";
import { describe, expect, test } from "bun:test";
import { Terminal } from "@xterm/headless";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { Painter, type Region } from "./painter.ts";

class Output extends EventEmitter {
  columns = 20;
  rows = 5;
  written: string[] = [];
  readonly screen = new Terminal({ cols: 20, rows: 5, allowProposedApi: true });

  write(text: string): boolean {
    this.written.push(text);
    this.screen.write(text);
    return true;
  }

  async lines(): Promise<string[]> {
    await new Promise<void>((done) => this.screen.write("", done));
    const { active } = this.screen.buffer;
    return Array.from({ length: 5 }, (_, y) =>
      active
        .getLine(active.baseY + y)!
        .translateToString(true)
        .trimEnd(),
    );
  }
}

function painted(...regions: Partial<Region>[]) {
  const output = new Output();
  const clock = fakeClock();
  const painter = new Painter(output, clock);
  painter.write("\u001b[?2026h");
  painter.write("\n\n\n\n");
  painter.write("\u001b[?2026l");
  const ids = regions.map((region) => {
    const id = Symbol("region");
    painter.set(id, { rect: { x: 0, y: 0, width: 20, height: 5 }, z: 0, line: () => "", ...region });
    return id;
  });
  painter.paint();
  output.written = [];
  return { output, painter, ids, clock };
}

describe("Painter", () => {
  test("writes only the line that changed, in one synchronized update", () => {
    let count = 1;
    const { output, painter } = painted({ line: (i) => (i === 2 ? `count ${count}` : `line ${i}`) });
    count = 2;
    painter.paint();
    expect(output.written).toHaveLength(1);
    expect(output.written[0]).toStartWith("\u001b[?2026h");
    expect(output.written[0]).toContain("count 2");
    expect(output.written[0]).not.toContain("line");
    painter.paint();
    expect(output.written).toHaveLength(1);
  });

  test("a dialog covers what changes below it, and what it covered comes back", async () => {
    let below = "below";
    const { output, painter, ids } = painted(
      { line: () => below.repeat(4) },
      { rect: { x: 5, y: 1, width: 6, height: 1 }, z: 1, line: () => "dialog" },
    );
    below = "BELOW";
    painter.paint();
    expect((await output.lines())[1]).toBe("BELOWdialogELOWBELOW");
    painter.delete(ids[1]!);
    painter.paint();
    expect((await output.lines())[1]).toBe("BELOWBELOWBELOWBELOW");
  });

  test("cuts what is too long and lets nothing through but text and its style", async () => {
    const { output, painter } = painted({
      rect: { x: 0, y: 0, width: 8, height: 1 },
      line: () => "\u001b[31mab\u001b[39m\u001b[2J\u0007cdefghijk",
    });
    painter.invalidate();
    painter.paint();
    expect((await output.lines())[0]).toBe("ab[2Jcd…");
    expect(output.written.join("")).not.toContain("\u001b[2J");
  });

  test("never writes the last cell of the screen, where a console would scroll", async () => {
    const { output } = painted({ line: () => "x".repeat(20) });
    expect((await output.lines())[4]).toBe(`${"x".repeat(18)}…`);
  });

  test("keeps off the screen from the end of the alternate screen on", () => {
    const { output, painter, ids } = painted({ line: () => "mine" });
    painter.write("\u001b[?1049l");
    output.written = [];
    painter.delete(ids[0]!);
    painter.invalidate();
    painter.paint();
    expect(output.written).toEqual([]);
  });

  test("paints data that keeps coming ten times a second", async () => {
    let count = 0;
    const { output, painter, clock } = painted({ line: (i) => (i === 0 ? String(count) : "") });
    for (let i = 0; i < 1000; i++) {
      count++;
      painter.requestSoon();
      await clock.advance(1);
    }
    expect(output.written.length).toBeGreaterThanOrEqual(9);
    expect(output.written.length).toBeLessThanOrEqual(11);
  });

  test("puts the terminal's cursor where the highest region wants it", async () => {
    const { output, painter } = painted(
      { cursor: { x: 1, y: 0 } },
      { rect: { x: 5, y: 1, width: 6, height: 2 }, z: 1, line: () => "", cursor: { x: 2, y: 1 } },
    );
    painter.invalidate();
    painter.paint();
    await output.lines();
    expect([output.screen.buffer.active.cursorX, output.screen.buffer.active.cursorY]).toEqual([7, 2]);
  });
});
