import { fit, width } from "#tui/text/cell.ts";
import { keyLabel, keymap, scopes, type Binding, type Scope } from "./keymap.ts";

export interface HelpEntry {
  readonly binding: Binding;
  /** Reachable from where the user is. */
  readonly isAvailable: boolean;
  readonly disabled: string | undefined;
}

export type HelpRow = { readonly heading: string } | HelpEntry;

/** Every binding under its scope, the scopes in use first; only those whose key or title holds the searched text. */
export function helpRows(available: ReadonlyMap<string, string | undefined>, search: string): HelpRow[] {
  const wanted = search.toLowerCase();
  const entries = keymap.map((binding): HelpEntry => ({
    binding,
    isAvailable: available.has(binding.id),
    disabled: available.get(binding.id),
  }));
  const found = entries.filter(({ binding }) => `${binding.title} ${binding.keys.map(keyLabel).join(" ")}`.toLowerCase().includes(wanted));
  const order = (Object.keys(scopes) as Scope[]).toSorted((a, b) => Number(inUse(entries, b)) - Number(inUse(entries, a)));
  return order.flatMap((scope): HelpRow[] => {
    const own = found.filter(({ binding }) => binding.scope === scope);
    return own.length === 0 ? [] : [{ heading: scopes[scope] }, ...own];
  });
}

const inUse = (entries: readonly HelpEntry[], scope: Scope) =>
  scope !== "global" && entries.some((entry) => entry.isAvailable && entry.binding.scope === scope);

const keyColumn = 20;

export function helpEntryText({ binding, disabled }: HelpEntry): string {
  const keys = binding.keys.map(keyLabel).join(" ");
  const reason = disabled === undefined ? "" : `  (${disabled})`;
  return ` ${width(keys) > keyColumn ? `${keys}  ` : fit(keys, keyColumn)} ${binding.title}${reason}`;
}
