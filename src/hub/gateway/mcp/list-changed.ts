import type { Changed } from "../../catalog/catalog.ts";
import type { View } from "./view.ts";

const methods: Record<Changed, string> = {
  tools: "notifications/tools/list_changed",
  resources: "notifications/resources/list_changed",
  prompts: "notifications/prompts/list_changed",
};

/** The notifications that a change of the catalog means for clients of a view. */
export function listChangedMethods(changed: readonly Changed[], view: View): string[] {
  const capabilities = view.capabilities("legacy");
  return changed.filter((kind) => capabilities[kind]?.listChanged).map((kind) => methods[kind]);
}
