/** Glyphs that carry meaning; the ASCII set is for a locale that is not UTF-8 and for the Linux console. */
const unicodeGlyphs = {
  running: "●",
  failed: "✗",
  starting: "◐",
  attention: "◇",
  stopped: "○",
  ok: "✓",
  warning: "▲",
  cursor: "▸",
  open: "▾",
  closed: "▸",
  ellipsis: "…",
  none: "–",
  dot: "·",
  horizontal: "─",
  vertical: "│",
  topLeft: "┌",
  topRight: "┐",
  bottomLeft: "└",
  bottomRight: "┘",
  spark: "▁▂▃▄▅▆▇█",
  left: "‹",
  right: "›",
  check: "x",
  path: "›",
};
export type Glyphs = Readonly<typeof unicodeGlyphs>;

const asciiGlyphs: Glyphs = {
  running: "*",
  failed: "x",
  starting: "~",
  attention: "!",
  stopped: "o",
  ok: "+",
  warning: "!",
  cursor: ">",
  open: "v",
  closed: ">",
  ellipsis: "~",
  none: "-",
  dot: "-",
  horizontal: "-",
  vertical: "|",
  topLeft: "+",
  topRight: "+",
  bottomLeft: "+",
  bottomRight: "+",
  spark: "._-=*#",
  left: "<",
  right: ">",
  check: "x",
  path: ">",
};

type Paint = (text: string) => string;

/** Colours by meaning, written as SGR sequences of our own: chalk, which Ink uses, ignores `NO_COLOR`. */
export interface Theme {
  readonly accent: Paint;
  readonly ok: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
  readonly muted: Paint;
  readonly strong: Paint;
  /** Inverse video: survives every palette and `NO_COLOR`. */
  readonly selected: Paint;
  readonly underlined: Paint;
  readonly glyph: Glyphs;
}

export interface ThemeOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
  /** Yellow and dim text vanish on a light background. */
  readonly light?: boolean;
}

const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;
const plain: Paint = (text) => text;

export function createTheme({ colour, unicode, light = false }: ThemeOptions): Theme {
  const foreground = (code: number) => (colour ? sgr(code, 39) : plain);
  return {
    accent: foreground(light ? 34 : 36),
    ok: foreground(32),
    warn: foreground(light ? 35 : 33),
    bad: foreground(31),
    muted: light ? foreground(90) : sgr(2, 22),
    strong: sgr(1, 22),
    selected: sgr(7, 27),
    underlined: sgr(4, 24),
    glyph: unicode ? unicodeGlyphs : asciiGlyphs,
  };
}

/** Reads the terminal's abilities from the environment: `NO_COLOR` (no-color.org), the locale, `COLORFGBG` for a light background. */
export function themeOptionsFrom(env: Readonly<Record<string, string | undefined>>): ThemeOptions {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const background = Number(env["COLORFGBG"]?.split(";").at(-1));
  return {
    colour: !env["NO_COLOR"],
    unicode: env["TERM"] !== "linux" && !/^(C|POSIX)$/.test(locale) && (locale === "" || /utf-?8/i.test(locale)),
    light: background === 7 || background === 15,
  };
}
