export type FilterOperator = ":" | "=" | "!=" | ">" | ">=" | "<" | "<=";

export type FilterTerm = { readonly isNegated: boolean } & (
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "field"; readonly field: string; readonly operator: FilterOperator; readonly values: readonly string[] }
  | { readonly kind: "regex"; readonly pattern: RegExp }
  | { readonly kind: "fuzzy"; readonly text: string }
);

export interface FilterError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export type ParsedFilter =
  { readonly terms: readonly FilterTerm[]; readonly error?: undefined } | { readonly terms?: undefined; readonly error: FilterError };

const fieldTerm = /^([a-z][a-z0-9_]*)(:|!=|>=|<=|=|>|<)(.*)$/is;

/**
 * Reads a filter: `query = term { ws term }`, `term = ["-"] ( word | field op value | "/" regex "/" ["i"] | "~" fuzzy )`,
 * `value = word | "quoted" | a,b,c`. One grammar for every list and for `hubctl events --filter`.
 */
export function parseFilter(text: string): ParsedFilter {
  const terms: FilterTerm[] = [];
  for (const { start, source } of splitTerms(text)) {
    const isNegated = source.startsWith("-") && source.length > 1;
    const term = readTerm(isNegated ? source.slice(1) : source);
    if (isProblem(term)) return { error: { message: term.message, start, end: start + source.length } };
    terms.push({ ...term, isNegated } as FilterTerm);
  }
  return { terms };
}

/** Terms end at white space, except inside quotes and between slashes. */
function splitTerms(text: string): { start: number; source: string }[] {
  const found: { start: number; source: string }[] = [];
  const term = /-?\/(?:\\.|[^\\/])*(?:\/i?)?|(?:[^\s"]|"[^"]*"?)+/g;
  for (let match = term.exec(text); match; match = term.exec(text)) found.push({ start: match.index, source: match[0] });
  return found;
}

const isProblem = (term: ReadTerm): term is { readonly message: string } => !("kind" in term);

type ReadTerm = { readonly message: string } | { readonly kind: FilterTerm["kind"]; readonly [part: string]: unknown };

function readTerm(source: string): ReadTerm {
  if (source.startsWith("/")) return readRegex(source);
  if (source.startsWith("~")) return { kind: "fuzzy", text: source.slice(1).toLowerCase() };
  const field = fieldTerm.exec(source);
  if (field) return { kind: "field", field: field[1]!.toLowerCase(), operator: field[2], values: readValues(field[3]!) };
  if (/^[([{]$/.test(source)) return { message: "unterminated group" };
  return { kind: "word", text: unquote(source).toLowerCase() };
}

function readRegex(source: string): ReadTerm {
  const body = /^\/((?:\\.|[^\\/])*)(?:\/(i)?)?$/s.exec(source);
  try {
    return { kind: "regex", pattern: new RegExp(body?.[1] ?? "", body?.[2] ?? "") };
  } catch (cause) {
    return {
      message: (cause as Error).message.replace(/^Invalid regular expression: ?/, "").replace(/^missing \)$/, "unterminated group"),
    };
  }
}

const readValues = (source: string) =>
  (source.startsWith('"') ? [unquote(source)] : source.split(",").filter(Boolean)).map((value) => value.toLowerCase());
const unquote = (source: string) => source.replaceAll('"', "");
