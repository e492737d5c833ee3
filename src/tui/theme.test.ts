import { describe, expect, test } from "bun:test";
import { createTheme, themeOptionsFrom } from "./theme.ts";

describe("createTheme", () => {
  test("NO_COLOR takes colour away and keeps the selection visible", () => {
    const theme = createTheme(themeOptionsFrom({ NO_COLOR: "1", LANG: "C.UTF-8" }));
    expect(theme.bad("failed")).toBe("failed");
    expect(theme.selected("row")).toBe("\u001b[7mrow\u001b[27m");
  });

  test("avoids yellow and dim on a light background", () => {
    const theme = createTheme({ colour: true, unicode: true, light: true });
    expect([theme.warn("x"), theme.muted("x")].join("")).not.toMatch(/\[(33|2)m/);
  });

  test("every ASCII glyph is ASCII", () => {
    expect(Object.values(createTheme({ colour: true, unicode: false }).glyph).join("")).toMatch(/^[\x20-\x7e]+$/);
  });
});

test("themeOptionsFrom reads the locale, the console and the background", () => {
  expect(themeOptionsFrom({ LANG: "C" }).unicode).toBe(false);
  expect(themeOptionsFrom({ TERM: "linux", LANG: "en_GB.UTF-8" }).unicode).toBe(false);
  expect(themeOptionsFrom({ LANG: "de_DE.UTF-8", COLORFGBG: "0;15" })).toEqual({ colour: true, unicode: true, light: true });
});
