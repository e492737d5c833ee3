import type { ToolResult } from "#hub/catalog/schema.ts";
import { cell, wrap } from "#tui/text/cell.ts";
import { ago, bytes, duration } from "#tui/text/quantity.ts";
import type { Theme } from "#tui/theme.ts";
import { isSuccess, type FinishedCall } from "./use-tool-call.ts";

/** What a result is best shown as: a value to walk through, or text to read. */
export type ResultView = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "text"; readonly text: string };

export function resultView({ content, structuredContent }: ToolResult): ResultView {
  if (structuredContent !== undefined) return { kind: "json", value: structuredContent };
  const texts = content.map((block) => (block.type === "text" && typeof block["text"] === "string" ? block["text"] : undefined));
  if (texts.some((text) => text === undefined)) return { kind: "json", value: content };
  const text = texts.join("\n");
  const value = parsed(text);
  return typeof value === "object" && value !== null ? { kind: "json", value } : { kind: "text", text };
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a call went, in one line. */
export function outcomeLine(theme: Theme, call: FinishedCall, now: number): string {
  const { outcome, ms, at } = call;
  const when = theme.muted(ago(at, now));
  if (outcome.kind === "failure") return `${theme.bad(`${theme.glyph.failed} ${outcome.error.code}`)}  ${duration(ms)}  ${when}`;
  const size = bytes(JSON.stringify(outcome.result).length);
  const word = isSuccess(call) ? theme.ok(`${theme.glyph.ok} ok`) : theme.bad(`${theme.glyph.failed} error`);
  return `${word}  ${duration(ms)}  ${size}  ${when}`;
}

/** One line of a tool's history: when, how, with what. */
export function historyLine(theme: Theme, call: FinishedCall, now: number): string {
  const mark = isSuccess(call) ? theme.ok(theme.glyph.ok) : theme.bad(theme.glyph.failed);
  const given = Object.entries(call.shown).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${mark} ${duration(call.ms).padStart(6)}  ${theme.muted(ago(call.at, now).padEnd(10))} ${cell(given.join(" "))}`;
}

/** A text result, or what went wrong, as lines. */
export const textLines = (text: string, columns: number): string[] => wrap(text, columns);
