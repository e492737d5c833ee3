import { hasPlaceholder } from "../config/placeholder.ts";
import { redact, redactText } from "../kernel/redact.ts";

/** A secret taken out of an entry; its value is nowhere in here. */
export interface TakenSecret {
  /** The environment variable that has to hold it. */
  readonly variable: string;
  /** Where it stood in the entry: `env.GITHUB_TOKEN`. */
  readonly field: string;
}

export interface WithoutSecrets {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly secrets: readonly TakenSecret[];
}

/** Gives each value a variable: one of its own, unless the same value had that name before. */
export type NameVariable = (wanted: string, value: string) => string;

/** Variables by the values they stand for, over all servers of one import. */
export function variableNames(server: string, taken: Map<string, string>): NameVariable {
  return (wanted, value) => {
    const name = upperSnake(wanted);
    const candidates = [name, upperSnake(`${server}_${wanted}`)];
    for (let n = 2; ; n++) {
      const free = candidates.find((candidate) => (taken.get(candidate) ?? value) === value);
      if (free !== undefined) {
        taken.set(free, value);
        return free;
      }
      candidates.push(upperSnake(`${server}_${wanted}_${n}`));
    }
  };
}

const upperSnake = (text: string) =>
  text
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .replace(/^(?=\d)/, "_")
    .toUpperCase() || "SECRET";

/** Puts a placeholder where a secret stands in plain: in `env`, `headers`, `args` and the query of `url`. */
export function withoutSecrets(server: string, entry: WithoutSecrets["entry"], taken: Map<string, string>): WithoutSecrets {
  const secrets: TakenSecret[] = [];
  const variable = variableNames(server, taken);
  const take = (field: string, wanted: string) => (value: string) => {
    // A scheme such as `Bearer` is no secret, and without it the header would say nothing.
    const [, scheme = "", secret = value] = /^((?:Bearer|Basic|Token)\s+)(.+)$/is.exec(value) ?? [];
    const name = variable(wanted, secret);
    secrets.push({ variable: name, field });
    return `${scheme}\${env:${name}}`;
  };
  const { env, headers, args, url } = entry;
  const cleaned = {
    ...entry,
    ...(isObject(env) && { env: mapValues(env, (value, key) => (isSecret(key, value) ? take(`env.${key}`, key)(value) : value)) }),
    ...(isObject(headers) && {
      headers: mapValues(headers, (value, key) => (isSecretHeader(key, value) ? take(`headers.${key}`, `${server}_${key}`)(value) : value)),
    }),
    ...(Array.isArray(args) && { args: withoutSecretArguments(args, (index, name) => take(`args[${index}]`, `${server}_${name}`)) }),
    ...(typeof url === "string" && { url: withoutSecretQuery(url, (name) => take("url", `${server}_${name}`)) }),
  };
  return { entry: cleaned, secrets };
}

type Taker = (value: string) => string;

function withoutSecretArguments(args: readonly unknown[], take: (index: number, name: string) => Taker): unknown[] {
  return args.map((argument, index) => {
    if (typeof argument !== "string" || hasPlaceholder(argument)) return argument;
    const found = secretIn(argument, args[index - 1]);
    return found ? found.lead + take(index, found.name)(found.value) : argument;
  });
}

interface SecretPart {
  /** What stands before it and stays. */
  readonly lead: string;
  readonly name: string;
  readonly value: string;
}

function secretIn(argument: string, before: unknown): SecretPart | undefined {
  // `--api-key=…`, `-e API_KEY=…` and `--header "Authorization: …"`.
  const named = /^(?<lead>-{0,2}(?<name>[\w-]+)(?:=|:\s*))(?<value>.+)$/s.exec(argument)?.groups as SecretPart | undefined;
  if (named && isSecretName(named.name)) return named;
  const flag = /^--?([\w-]+)$/.exec(String(before ?? ""))?.[1];
  const isFlagged = flag !== undefined && isSecretName(flag) && !argument.startsWith("-");
  return isFlagged || redactText(argument) !== argument ? { lead: "", name: flag ?? "secret", value: argument } : undefined;
}

function withoutSecretQuery(url: string, take: (name: string) => Taker): string {
  const cleaned = url.replace(/(?<=[?&])([^=&#]+)=([^&#]+)/g, (pair, name: string, value: string) =>
    isSecret(name, value) ? `${name}=${take(name)(value)}` : pair,
  );
  return !hasPlaceholder(cleaned) && redactText(cleaned) !== cleaned ? take("url")(url) : cleaned;
}

const harmlessHeaders = /^(accept(-language|-encoding)?|content-type|user-agent|mcp-protocol-version)$/i;

/** What stands in a header is as a rule a credential, whatever it is called. */
const isSecretHeader = (name: string, value: unknown): value is string =>
  typeof value === "string" && value !== "" && !hasPlaceholder(value) && !harmlessHeaders.test(name);

export const isSecret = (name: string, value: unknown): value is string =>
  typeof value === "string" && value !== "" && !hasPlaceholder(value) && (isSecretName(name) || looksSecret(value));

/** The names that the rest of the hub hides, and anything that calls itself a key, a token or a password. */
export const isSecretName = (name: string): boolean =>
  /token|secret|passw|pwd|credential|auth(?!or)|cookie|(^|[_-])(api)?key$|apikey/i.test(name) ||
  (redact({ [name]: "x" }) as Record<string, unknown>)[name] !== "x";

/** Shapes that vendors document, and long runs of letters and digits, which no setting a person writes looks like. */
const looksSecret = (value: string) => redactText(value) !== value || /^(?=.*\d)(?=.*[A-Za-z])[\w+=-]{24,}$/.test(value);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const mapValues = (object: Record<string, unknown>, change: (value: unknown, key: string) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
