import type { ServerConfig } from "./server-config.ts";

/** Which of a server's definitions the configuration lets through. */
export interface CapabilityFilter {
  readonly tool: (name: string) => boolean;
  readonly resource: (uri: string) => boolean;
  readonly resourceTemplate: (uriTemplate: string) => boolean;
  readonly prompt: (name: string) => boolean;
}

/** Makes the filter that a server's `tools` and `disabled_*` ask for. */
export function capabilityFilter(server: ServerConfig): CapabilityFilter {
  const { allow, deny = [] } = server.tools;
  const without = (names: readonly string[]) => {
    const excluded = new Set(names);
    return (name: string) => !excluded.has(name);
  };
  const isOn = without(server.disabledTools);
  const matchesAny = (globs: readonly string[], name: string) => globs.some((glob) => matchesGlob(glob, name));
  return {
    tool: (name) => isOn(name) && (allow === undefined || matchesAny(allow, name)) && !matchesAny(deny, name),
    resource: without(server.disabledResources),
    resourceTemplate: without(server.disabledResourceTemplates),
    prompt: without(server.disabledPrompts),
  };
}

/** `*` is any number of characters, `?` is one. Takes at most length × length steps, which a regular expression does not promise. */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (glob[inGlob] === "*") {
      star = inGlob++;
      starAt = at;
    } else if (glob[inGlob] === "?" || glob[inGlob] === text[at]) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (glob[inGlob] === "*") inGlob++;
  return inGlob === glob.length;
}
