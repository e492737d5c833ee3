import type { Shape } from "./shape.ts";

export type Typed = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string };

/** Reads typed text by the declared type, never by its look: what is declared a string stays one, whatever it looks like. */
export function readTyped(shape: Shape, text: string): Typed {
  if (shape.kind === "string") return { value: text };
  if (text.trim() === "") return { value: undefined };
  if (shape.kind === "number") {
    const value = Number(text);
    if (!Number.isFinite(value)) return { problem: "must be a number" };
    return shape.isInteger && !Number.isInteger(value) ? { problem: "must be a whole number" } : { value };
  }
  return readJson(text);
}

/** Reads JSON, and says where it breaks. */
export function readJson(text: string): Typed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (cause) {
    return { problem: `not JSON: ${(cause as Error).message.replace(/^JSON Parse error: /, "")}` };
  }
}

/** What stands in the editor when somebody starts to edit a value. */
export function textOf(shape: Shape, value: unknown): string {
  if (value === undefined) return "";
  return shape.kind === "string" && typeof value === "string" ? value : JSON.stringify(value);
}
