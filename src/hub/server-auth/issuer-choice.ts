import { HubError } from "../kernel/errors.ts";

export interface IssuerChoice {
  /** The issuers the server names, in its order. */
  readonly named: readonly string[];
  /** The one the owner wrote into the configuration. */
  readonly expected: string | undefined;
  /** The one a person signed in at before. */
  readonly bound: string | undefined;
  /** A new one that the person has just agreed to. */
  readonly accepted: string | undefined;
}

/**
 * Which authorization server is asked. One that is not the expected or the former one is not contacted at all before a person
 * agrees to it: a server that was taken over could name another to collect what is stored (CVE-2026-104850).
 */
export function chooseIssuer(server: string, { named, expected, bound, accepted }: IssuerChoice): string {
  const find = (wanted: string) => named.find((issuer) => sameIssuer(issuer, wanted));
  if (expected !== undefined) {
    const found = find(expected);
    if (found !== undefined && (accepted === undefined || sameIssuer(accepted, expected))) return found;
    throw issuerChanged(
      server,
      { from: expected, to: accepted ?? named[0]! },
      `If that is right, change auth.issuer of ${server} in the configuration`,
    );
  }
  if (accepted !== undefined) {
    const found = find(accepted);
    if (found !== undefined) return found;
    throw new HubError("VALIDATION", `${server} does not name the authorization server ${accepted}`, {
      hint: `It names ${named.map(shown).join(", ")}`,
    });
  }
  if (bound === undefined) return named[0]!;
  const found = find(bound);
  if (found !== undefined) return found;
  const to = named[0]!;
  throw issuerChanged(
    server,
    { from: bound, to },
    `If you know why and trust it, run \`hubctl servers authorize ${server} --issuer ${shown(to)}\``,
  );
}

/** RFC 8414 issuers are compared as text, save for the slash that `URL` puts behind a bare host. */
export const sameIssuer = (a: string, b: string): boolean => a.replace(/\/$/, "") === b.replace(/\/$/, "");

const shown = (issuer: string) => URL.parse(issuer)?.href.replace(/\/$/, "").slice(0, 300) ?? "no URL";

const issuerChanged = (server: string, { from, to }: { from: string; to: string }, hint: string) =>
  new HubError(
    "CONFLICT",
    `${server} now names ${shown(to)} as its authorization server instead of ${shown(from)}; nothing was sent there`,
    {
      hint,
      details: { issuerChanged: { from, to: shown(to) } },
    },
  );
