import { keyLabel, keymap, scopes, type Scope } from "#tui/keys/keymap.ts";
import { code, page, table, type Generator } from "./generated.ts";

/** `docs/reference/keys.md`, from the key map of the terminal interface. */
export const keysReference: Generator = () => {
  const sections = (Object.entries(scopes) as [Scope, string][]).flatMap(([scope, title]) => {
    const rows = keymap
      .filter((binding) => binding.scope === scope)
      .map(({ keys, title }) => [keys.map((key) => code(keyLabel(key))).join(" "), title]);
    return [`## ${title}`, table(["key", "what it does"], rows)];
  });
  return [{ path: "docs/reference/keys.md", text: page("Keys of the terminal interface", ...sections) }];
};
