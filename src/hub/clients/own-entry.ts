import { clientRow, type ClientId } from "./client-table.ts";

/** How a client reaches the hub. */
export type OwnEntry =
  | { readonly kind: "http"; readonly url: string; /** The hub wants a token. */ readonly hasToken: boolean }
  | { readonly kind: "stdio"; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };

/** The variable that holds the token of whoever asks the hub. */
export const tokenVariable = "HUBCTL_TOKEN";

/** What to write into a client's file. A token is never in it: the client is told which variable holds it. */
export function entryFor(client: ClientId, own: OwnEntry): object {
  const row = clientRow(client);
  if (own.kind === "stdio") {
    const { command, args, env } = own;
    return row.stdio({ command, args, ...(Object.keys(env).length > 0 && { env }) });
  }
  const header = own.hasToken && row.placeholder ? { Authorization: `Bearer ${row.placeholder(tokenVariable)}` } : undefined;
  const entry = row.http?.(own.url, header) ?? {};
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

/** Whether an entry leads to this program: a hub among its own servers would call itself. */
export function isOwnEntry(entry: Readonly<Record<string, unknown>>, ports: readonly number[]): boolean {
  const { command, args, url } = entry;
  if (typeof url === "string") {
    const at = URL.parse(url);
    return at !== null && isThisMachine(at.hostname) && ports.includes(Number(at.port)) && /^\/(mcp|sse)\b/.test(at.pathname);
  }
  if (typeof command !== "string" || !Array.isArray(args)) return false;
  const [program = ""] = command.split(/[\\/]/).slice(-1);
  return (
    args.includes("stdio") && [program, ...args.map(String)].some((word) => /(^|[\\/])hubctl(\.exe)?$|src[\\/]cli[\\/]main\.ts$/.test(word))
  );
}

const isThisMachine = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
