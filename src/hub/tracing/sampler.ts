import type { TraceContext } from "./trace-context.ts";

/** Whether a trace is recorded: asked where it begins, or comes from outside. */
export type Sampler = (parent: TraceContext | undefined, traceId: string) => boolean;

/** The names OTEL_TRACES_SAMPLER takes, but for those that ask a server. */
const roots: Readonly<Record<string, (share: number) => Sampler>> = {
  always_on: () => () => true,
  always_off: () => () => false,
  // The randomness of a trace id is in its last 56 bits, so everybody who asks for a share takes the same traces.
  traceidratio: (share) => (_, traceId) => Number.parseInt(traceId.slice(-14), 16) < share * 16 ** 14,
};
const prefix = "parentbased_";

/** Makes the sampler of a name; undefined of an unknown one. The share is 1 unless it is a number from 0 to 1. */
export function samplerOf(name: string, argument?: string): Sampler | undefined {
  const given = Number(argument?.trim() || "1");
  const share = given >= 0 && given <= 1 ? given : 1;
  const isParentBased = name.startsWith(prefix);
  const rootName = isParentBased ? name.slice(prefix.length) : name;
  if (!Object.hasOwn(roots, rootName)) return undefined;
  const root = roots[rootName]!(share);
  return isParentBased ? (parent, traceId) => parent?.isSampled ?? root(undefined, traceId) : root;
}
