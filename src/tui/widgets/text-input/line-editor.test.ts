import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { width } from "#tui/text/cell.ts";
import { editedLine, editLine, insert, visibleLine, type EditedLine } from "./line-editor.ts";

const keys = (line: EditedLine, ...pressed: string[]) => pressed.reduce((now, key) => editLine(now, key) ?? now, line);

describe("editLine", () => {
  test("moves and deletes whole characters, however many code units they have", () => {
    expect(keys(editedLine("a👨‍👩‍👧b"), "left", "backspace")).toEqual({ text: "ab", cursor: 1 });
  });

  test("knows the keys of readline", () => {
    expect(keys(editedLine("deploy the thing"), "ctrl+w").text).toBe("deploy the ");
    expect(keys(editedLine("deploy the"), "alt+b", "ctrl+k").text).toBe("deploy ");
    expect(keys(editedLine("deploy the"), "ctrl+a", "X", "ctrl+e", "Y").text).toBe("Xdeploy theY");
    expect(keys(editedLine("deploy"), "ctrl+u")).toEqual({ text: "", cursor: 0 });
  });

  test("does not know control keys as text", () => {
    expect(editLine(editedLine("a"), "ctrl+s")).toBeUndefined();
    expect(editLine(editedLine("a"), "up")).toBeUndefined();
  });

  test("keeps the cursor inside the line whatever is pressed", () => {
    const key = fc.constantFrom(
      "left",
      "right",
      "home",
      "end",
      "backspace",
      "delete",
      "ctrl+w",
      "ctrl+k",
      "ctrl+u",
      "alt+b",
      "alt+f",
      "é",
      "日",
      "space",
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(key), (text, pressed) => {
        const line = keys(editedLine(text), ...pressed);
        expect(line.cursor).toBeGreaterThanOrEqual(0);
        expect(line.cursor).toBeLessThanOrEqual([...new Intl.Segmenter().segment(line.text)].length);
      }),
    );
  });
});

test("a paste becomes one line", () => {
  expect(insert(editedLine("a"), "b\r\nc")).toEqual({ text: "ab c", cursor: 4 });
});

test("control sequences neither get in by a paste nor show from a value that has them", () => {
  expect(insert(editedLine(), "a\u001b[2Jb\u0007").text).toBe("ab ");
  expect(visibleLine(editedLine("a\u001b[2J"), 20).text).toBe("a\ufffd[2J");
});

test("a long line scrolls so that the cursor stays visible", () => {
  const { text, column } = visibleLine(editedLine("the end of a long line"), 8);
  expect(text).toBe("ng line");
  expect(column).toBe(width(text));
});
