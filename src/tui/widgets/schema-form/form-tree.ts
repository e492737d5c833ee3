import { compileShape, type JsonSchema, type Shape } from "./shape.ts";

/**
 * One place of the form with what the user has put there. The tree is a value: every change makes a new one, sharing the rest.
 * Children exist once the place was opened; other variants keep theirs until the form is sent.
 */
export interface Field {
  /** Stays the same while the field moves. */
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly isRequired: boolean;
  /** An array item, or a key the schema does not name. */
  readonly isRemovable: boolean;
  readonly isOpen: boolean;
  /** Undefined while unset; for scalars, and for whatever is typed as JSON. */
  readonly value: unknown;
  readonly children: readonly Field[] | undefined;
  /** Of the chosen variant. */
  readonly active: number | undefined;
  readonly branches: Readonly<Record<number, Field>>;
}

/** Makes fields; numbers them so that a field keeps its identity however the tree changes. */
export class FieldFactory {
  #next = 1;

  constructor(readonly root: JsonSchema) {}

  make(name: string, schema: JsonSchema, { isRequired = false, isRemovable = false } = {}): Field {
    const shape = compileShape(schema, this.root);
    return {
      id: this.#next++,
      name,
      shape,
      isRequired,
      isRemovable,
      isOpen: false,
      value: undefined,
      children: undefined,
      active: undefined,
      branches: {},
    };
  }

  /** The form itself: always an object, always sent. */
  form(): Field {
    const root = this.make("", { type: "object", ...this.root }, { isRequired: true });
    const shaped: Field =
      root.shape.kind === "object" || root.shape.kind === "variants"
        ? root
        : { ...root, shape: compileShape({ type: "object" }, this.root) };
    return this.open(shaped);
  }

  /** Opens a field, making its children the first time; those that must be filled in open with it. */
  open(field: Field): Field {
    return { ...this.#withChildren(field), isOpen: true };
  }

  /** A new last item of an array. */
  item(field: Field): Field | undefined {
    return field.shape.kind === "array"
      ? this.#opened(this.make("", field.shape.items, { isRequired: true, isRemovable: true }))
      : undefined;
  }

  /** A key that the schema allows but does not name. */
  extra(field: Field, name: string): Field | undefined {
    return field.shape.kind === "object" && field.shape.additional
      ? this.make(name, field.shape.additional, { isRemovable: true })
      : undefined;
  }

  /** A field with another variant chosen; what was filled into the others stays. */
  choose(field: Field, active: number): Field {
    const { shape } = field;
    if (shape.kind !== "variants") return field;
    const chosen = shape.variants[active];
    if (!chosen) return { ...field, active: undefined };
    const branch = field.branches[active] ?? this.open(this.make(field.name, chosen.schema, { isRequired: true }));
    return { ...field, active, isOpen: true, branches: { ...field.branches, [active]: branch } };
  }

  #withChildren(field: Field): Field {
    const { shape } = field;
    if (field.children || shape.kind === "variants") return field;
    if (shape.kind === "array") return { ...field, children: [] };
    if (shape.kind !== "object") return field;
    const children = shape.properties.map(({ name, schema, isRequired }) => this.make(name, schema, { isRequired }));
    return {
      ...field,
      children: children.map((child) => (child.isRequired && child.shape.kind === "object" ? this.#opened(child) : child)),
    };
  }

  /** One level only: a required field may require itself. */
  #opened(field: Field): Field {
    if (field.shape.kind !== "object") return field;
    const { properties } = field.shape;
    return { ...field, isOpen: true, children: properties.map(({ name, schema, isRequired }) => this.make(name, schema, { isRequired })) };
  }
}

/** The fields directly below one: of an object, an array, or the chosen variant. */
export function childrenOf(field: Field): readonly Field[] {
  if (field.shape.kind !== "variants") return field.children ?? [];
  const branch = field.active === undefined ? undefined : field.branches[field.active];
  if (!branch) return [];
  return branch.shape.kind === "object" || branch.shape.kind === "array" ? childrenOf(branch) : [branch];
}

/** Changes the field with an id, wherever it is. */
export function update(field: Field, id: number, change: (field: Field) => Field): Field {
  if (field.id === id) return change(field);
  const children = field.children?.map((child) => update(child, id, change));
  const branches = Object.fromEntries(Object.entries(field.branches).map(([key, branch]) => [key, update(branch, id, change)]));
  const isSame =
    (children?.every((child, i) => child === field.children![i]) ?? true) &&
    Object.entries(branches).every(([key, branch]) => branch === field.branches[Number(key)]);
  return isSame ? field : { ...field, ...(children && { children }), branches };
}

/** The field that directly holds one, and where in it. */
export function parentOf(field: Field, id: number): { readonly parent: Field; readonly index: number } | undefined {
  const index = field.children?.findIndex((child) => child.id === id) ?? -1;
  if (index !== -1) return { parent: field, index };
  for (const below of [...(field.children ?? []), ...Object.values(field.branches)]) {
    const found = parentOf(below, id);
    if (found) return found;
  }
  return undefined;
}
