import { childrenOf, type Field } from "./form-tree.ts";

/** A line of the form. */
export interface FormRow {
  readonly field: Field;
  readonly depth: number;
}

/** The lines of a form from top to bottom: what is closed hides what lies below it. */
export function formRows(root: Field): FormRow[] {
  const rows: FormRow[] = [];
  const visit = (field: Field, depth: number) => {
    rows.push({ field, depth });
    if (field.isOpen) for (const child of childrenOf(field)) visit(child, depth + 1);
  };
  if (root.shape.kind === "variants") visit(root, 0);
  else for (const child of childrenOf(root)) visit(child, 0);
  return rows;
}
