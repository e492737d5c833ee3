import type { Field, FieldFactory } from "./form-tree.ts";

/** What is sent: optional places nobody touched are not there; required ones fall back to their default. */
export function valueOf(field: Field): unknown {
  const { shape, isRequired } = field;
  if (field.value !== undefined) return field.value;
  if (!isRequired && !isTouched(field)) return undefined;
  switch (shape.kind) {
    case "object": {
      const entries = (field.children ?? []).map((child) => [child.name, valueOf(child)] as const);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case "array":
      return (field.children ?? []).map((item) => valueOf(item) ?? null);
    case "variants":
      return field.active === undefined ? undefined : valueOf(field.branches[field.active]!);
    case "choice":
      return shape.default ?? (shape.options.length === 1 ? shape.options[0]!.value : undefined);
    default:
      return shape.default;
  }
}

/** The form with its secrets covered, for whatever shows what is sent. */
export function covered(field: Field): Field {
  const value = field.shape.kind === "string" && field.shape.isSecret && field.value !== undefined ? "••••••••" : field.value;
  const branches = Object.fromEntries(Object.entries(field.branches).map(([key, branch]) => [key, covered(branch)]));
  return { ...field, value, children: field.children?.map(covered), branches };
}

/** Somebody put something there. */
export function isTouched(field: Field): boolean {
  if (field.value !== undefined || field.active !== undefined) return true;
  if (field.shape.kind === "array") return (field.children?.length ?? 0) > 0;
  return field.children?.some(isTouched) ?? false;
}

/** Puts a JSON value into a field, opening what it fills; what does not fit the shape is kept as JSON, so nothing is lost. */
export function fill(factory: FieldFactory, field: Field, value: unknown): Field {
  if (value === undefined) return cleared(field);
  const { shape } = field;
  if (value === null || (isEmpty(value) && !field.isRequired)) return { ...cleared(field), value };
  if (shape.kind === "object" && isObject(value)) return fillObject(factory, field, value);
  if (shape.kind === "array" && Array.isArray(value)) {
    const children = value.map((item) => fill(factory, factory.item(field)!, item));
    return { ...field, value: undefined, children: renumbered(children), isOpen: value.length > 0 };
  }
  if (shape.kind === "variants") {
    const index = shape.variants.findIndex((_, i) => accepts(factory.choose(field, i).branches[i]!, value));
    if (index === -1) return { ...cleared(field), value };
    const chosen = factory.choose(field, index);
    return { ...chosen, value: undefined, branches: { ...chosen.branches, [index]: fill(factory, chosen.branches[index]!, value) } };
  }
  return { ...field, value };
}

function fillObject(factory: FieldFactory, field: Field, value: Readonly<Record<string, unknown>>): Field {
  const opened = factory.open(field);
  const named = (opened.children ?? []).filter(({ isRemovable }) => !isRemovable);
  const names = new Set(named.map(({ name }) => name));
  const extra = Object.keys(value)
    .filter((name) => !names.has(name))
    .map((name) => factory.extra(field, name) ?? factory.make(name, {}, { isRemovable: true }));
  return { ...opened, value: undefined, children: [...named, ...extra].map((child) => fill(factory, child, value[child.name])) };
}

function accepts({ shape }: Field, value: unknown): boolean {
  switch (shape.kind) {
    case "object":
      return isObject(value) && shape.properties.every(({ name, isRequired }) => !isRequired || name in value);
    case "array":
      return Array.isArray(value);
    case "number":
      return typeof value === "number";
    case "choice":
      return shape.options.some((option) => option.value === value);
    case "string":
    case "boolean":
      return typeof value === shape.kind;
    default:
      return true;
  }
}

/** A field as nobody had touched it. */
export const cleared = (field: Field): Field => ({
  ...field,
  value: undefined,
  children: field.shape.kind === "array" ? [] : undefined,
  active: undefined,
  branches: {},
  isOpen: false,
});

/** Array items are called by their place. */
export const renumbered = (items: readonly Field[]): Field[] =>
  items.map((item, i) => (item.name === String(i) ? item : { ...item, name: String(i) }));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Said outright: an optional object or array without anything in it would otherwise not be sent. */
const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
