import type { Principal } from "#hub/kernel/principal.ts";

/** The verbs whose holder may also do what is asked: admin implies everything, writing and calling imply reading. */
const holders: ReadonlyMap<string, readonly string[]> = new Map([
  ["read", ["read", "write", "call", "admin"]],
  ["write", ["write", "admin"]],
  ["call", ["call", "admin"]],
  ["admin", ["admin"]],
]);

/** Whether the granted scopes cover `area:verb`; `*` stands for every area or every verb, nothing else is a pattern. */
export function grants(granted: Principal["scopes"], scope: string): boolean {
  if (granted === "all") return true;
  const cut = scope.indexOf(":");
  const area = scope.slice(0, cut);
  const verbs = holders.get(scope.slice(cut + 1));
  if (cut < 1 || !verbs) return false;
  return [...verbs, "*"].some((verb) => granted.has(`${area}:${verb}`) || granted.has(`*:${verb}`));
}
