import { redact, redactText } from "../kernel/redact.ts";
import { hasPlaceholder } from "./placeholder.ts";
import type { ServerConfig } from "./server-config.ts";

const hidden = "[redacted]";

/**
 * A server's entry to show. What stands in `env` and `headers` is as a rule a secret whatever it is called, so only
 * placeholders and what is no text stay; a secret among the arguments is known by the flag before it.
 */
export function redactEntry({ entry, configSource }: ServerConfig): Record<string, unknown> {
  const { env, headers, args, url, ...rest } = entry;
  return {
    ...(redact(rest) as Record<string, unknown>),
    ...(Array.isArray(args) && { args: redact(redactArgs(args)) }),
    ...(typeof url === "string" && { url: redactText(redactQuery(url)) }),
    ...(isObject(env) && { env: mapValues(env, withoutLiteral) }),
    ...(isObject(headers) && { headers: mapValues(headers, withoutLiteral) }),
    configSource,
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const mapValues = (object: Record<string, unknown>, change: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

const withoutLiteral = (value: unknown) => {
  if (typeof value !== "string" || value === "") return redact(value);
  return hasPlaceholder(value) ? redactText(value) : hidden;
};

function redactArgs(args: readonly unknown[]): unknown[] {
  return args.map((value, index) => {
    if (typeof value !== "string" || hasPlaceholder(value)) return value;
    const [, flag, assigned] = /^--?([\w-]+)=(.+)$/s.exec(value) ?? [];
    if (flag !== undefined && assigned !== undefined) return isSecretName(flag) ? value.replace(assigned, hidden) : value;
    const before = /^--?([\w-]+)$/.exec(String(args[index - 1] ?? ""))?.[1];
    return before !== undefined && isSecretName(before) && !value.startsWith("-") ? hidden : value;
  });
}

/** Query parameters that carry no placeholder may be keys. */
const redactQuery = (url: string) =>
  url.replace(/([?&][^=&#]*=)([^&#]+)/g, (whole, name: string, value: string) => (hasPlaceholder(value) ? whole : name + hidden));

/** The names that the rest of the hub hides, and anything called a token or a key. */
const isSecretName = (name: string) => /token|key$/i.test(name) || (redact({ [name]: "x" }) as Record<string, unknown>)[name] !== "x";
