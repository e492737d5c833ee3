import type { Key } from "ink";

/** The name of a key as the key map spells it: `j`, `G`, `enter`, `ctrl+p`, `alt+up`. Undefined for what has no name. */
export function keyName(input: string, key: Key): string | undefined {
  const base = named(key) ?? (input === " " ? "space" : input);
  if (base === "") return undefined;
  const isText = base === input;
  const modifiers = [key.ctrl && "ctrl", key.meta && base !== "esc" && "alt", key.shift && !isText && base !== "space" && "shift"];
  return [...modifiers.filter(Boolean), key.ctrl && isText ? base.toLowerCase() : base].join("+");
}

const names = {
  return: "enter",
  escape: "esc",
  tab: "tab",
  upArrow: "up",
  downArrow: "down",
  leftArrow: "left",
  rightArrow: "right",
  pageUp: "pageup",
  pageDown: "pagedown",
  home: "home",
  end: "end",
  backspace: "backspace",
  delete: "delete",
} as const satisfies Partial<Record<keyof Key, string>>;

const named = (key: Key): string | undefined => Object.entries(names).find(([property]) => key[property as keyof typeof names])?.[1];
