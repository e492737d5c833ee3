import type { FilterOperator, FilterTerm } from "./parse-filter.ts";

/** What a filter looks at: the text of the visible columns, and fields by name. */
export interface Searchable {
  readonly text: string;
  readonly fields: Readonly<Record<string, string | number | undefined>>;
}

/** True when every term holds; a field that the thing does not have never matches. */
export function matchesFilter(terms: readonly FilterTerm[], thing: Searchable): boolean {
  return terms.every((term) => holds(term, thing) !== term.isNegated);
}

function holds(term: FilterTerm, { text, fields }: Searchable): boolean {
  if (term.kind === "word") return text.includes(term.text);
  if (term.kind === "regex") return term.pattern.test(text);
  if (term.kind === "fuzzy") return isSubsequence(term.text, text);
  if (term.values.length === 0) return true;
  const value = fieldValue(fields, term.field);
  return value !== undefined && term.values.some((wanted) => compare(value, term.operator, wanted));
}

/** `st:failed` finds `status`: a beginning of a name is enough. */
function fieldValue(fields: Searchable["fields"], name: string): string | number | undefined {
  const found = name in fields ? name : Object.keys(fields).find((field) => field.startsWith(name));
  return found === undefined ? undefined : fields[found];
}

function compare(value: string | number, operator: FilterOperator, wanted: string): boolean {
  const own = String(value).toLowerCase();
  if (operator === ":") return own.includes(wanted);
  const left = quantity(value);
  const right = quantity(wanted);
  const order = left !== undefined && right !== undefined ? left - right : own < wanted ? -1 : own > wanted ? 1 : 0;
  if (operator === "=") return order === 0;
  if (operator === "!=") return order !== 0;
  if (operator === ">") return order > 0;
  if (operator === ">=") return order >= 0;
  return operator === "<" ? order < 0 : order <= 0;
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  k: 1000,
  kb: 1024,
  mb: 1_048_576,
  "%": 1,
};
const levels = ["debug", "info", "warn", "error"];

/** A number with its unit (times in milliseconds), or the rank of a level. */
function quantity(value: string | number): number | undefined {
  if (typeof value === "number") return value;
  const level = levels.indexOf(value);
  if (level !== -1) return level;
  const match = /^(-?\d+(?:\.\d+)?)(ms|s|min|m|h|d|kb|mb|k|%|)$/i.exec(value);
  return match ? Number(match[1]) * units[match[2]!.toLowerCase()]! : undefined;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const character of wanted) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
