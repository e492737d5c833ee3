import { childrenOf, type Field } from "./form-tree.ts";
import type { Shape } from "./shape.ts";
import { isTouched, valueOf } from "./form-value.ts";

/** What is wrong, by the id of the field it is wrong at. */
export type FormErrors = ReadonlyMap<number, string>;

/** Checks what would be sent; the hub checks again with the whole schema. */
export function validateForm(root: Field): FormErrors {
  const errors = new Map<number, string>();
  const visit = (field: Field) => {
    const problem = fieldProblem(field);
    if (problem !== undefined) errors.set(field.id, problem);
    if (field.value !== undefined || (!field.isRequired && !isTouched(field))) return;
    for (const child of childrenOf(field)) visit(child);
  };
  visit(root);
  return errors;
}

/** What is wrong with one field itself. */
export function fieldProblem(field: Field): string | undefined {
  const value = valueOf(field);
  if (value === undefined) return field.isRequired ? "required" : undefined;
  return valueProblem(field, value);
}

function valueProblem({ shape }: Field, value: unknown): string | undefined {
  if (value === null) return shape.isNullable || shape.kind === "json" ? undefined : "must not be null";
  switch (shape.kind) {
    case "string":
      return typeof value === "string" ? textProblem(shape, value) : "must be a string";
    case "number":
      return typeof value === "number" ? numberProblem(shape, value) : "must be a number";
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "choice":
      return shape.options.some((option) => Bun.deepEquals(option.value, value)) ? undefined : "is none of the choices";
    case "array":
      return Array.isArray(value) ? lengthProblem(shape, value.length) : "must be an array";
    case "object":
      return typeof value === "object" && !Array.isArray(value) ? undefined : "must be an object";
    default:
      return undefined;
  }
}

type Of<K extends Shape["kind"]> = Extract<Shape, { kind: K }>;

function textProblem({ minLength, maxLength, pattern, format }: Of<"string">, value: string): string | undefined {
  if (value.length < minLength) return `needs at least ${minLength} characters`;
  if (value.length > maxLength) return `takes at most ${maxLength} characters`;
  return pattern && !pattern.test(value) ? `must match ${pattern.source}` : formatProblem(format, value);
}

function numberProblem({ isInteger, minimum, maximum, multipleOf }: Of<"number">, value: number): string | undefined {
  if (isInteger && !Number.isInteger(value)) return "must be a whole number";
  if (value < minimum) return `must be at least ${minimum}`;
  if (value > maximum) return `must be at most ${maximum}`;
  return multipleOf && !Number.isInteger(Number((value / multipleOf).toFixed(9))) ? `must be a multiple of ${multipleOf}` : undefined;
}

function lengthProblem({ minItems, maxItems }: Of<"array">, length: number): string | undefined {
  if (length < minItems) return `needs at least ${minItems} items`;
  return length > maxItems ? `takes at most ${maxItems} items` : undefined;
}

const formatChecks: Readonly<Record<string, { readonly fits: (value: string) => boolean; readonly says: string }>> = {
  email: { fits: (value) => /^\S+@\S+$/.test(value), says: "must be an e-mail address" },
  uri: { fits: (value) => URL.canParse(value), says: "must be a URL with its scheme" },
  "date-time": { fits: (value) => !Number.isNaN(Date.parse(value)), says: "must be a time such as 2026-11-20T12:06:11Z" },
  date: { fits: (value) => /^\d{4}-\d\d-\d\d$/.test(value), says: "must be a date such as 2026-11-20" },
  uuid: { fits: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value), says: "must be a UUID" },
};

/** A format that is not known here checks nothing. */
function formatProblem(format: string | undefined, value: string): string | undefined {
  const check = format === undefined ? undefined : formatChecks[format];
  return check && !check.fits(value) ? check.says : undefined;
}
