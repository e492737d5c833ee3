import { HubError } from "#hub/kernel/errors.ts";

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `30s`, `1.5m`, `250ms`; a bare number is seconds. */
export function parseDuration(text: string, name: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const ms = Number(amount) * units[unit as keyof typeof units];
  if (amount !== undefined && ms > 0 && Number.isSafeInteger(Math.round(ms))) return Math.round(ms);
  throw new HubError("VALIDATION", `${name} takes a duration, not ${JSON.stringify(text)}`, { hint: `Write ${name} 30s, 5m or 250ms` });
}

/** `180 ms`, `4.2 s`, `3 m`, `4 h`, `9 d`: the largest unit that fits, once. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < units.m) return ms < 10_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : `${Math.floor(ms / 1000)} s`;
  if (ms < units.h) return `${Math.floor(ms / units.m)} m`;
  return ms < units.d ? `${Math.floor(ms / units.h)} h` : `${Math.floor(ms / units.d)} d`;
}

/** How long ago, for a column of times. */
export const formatAge = (at: number, now: number): string =>
  at > now ? `in ${formatDuration(at - now)}` : `${formatDuration(now - at)} ago`;
