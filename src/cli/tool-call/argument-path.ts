import { HubError } from "#hub/kernel/errors.ts";

/** A key of an object, an index of an array, or the place after its end. */
export type Step = string | number | typeof append;
export const append = Symbol("append");

const maxSteps = 64;

/** Reads `metadata.author`, `labels[]`, `users[0].id`; undefined when the text is no path. */
export function parsePath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const part = /([^.[\]]+)|\[(\d{0,6})\]|(\.)/y;
  let wantsKey = true;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) return undefined;
    const [, key, index, dot] = found;
    if (key !== undefined ? !wantsKey : wantsKey) return undefined;
    if (key !== undefined) steps.push(key);
    if (index !== undefined) steps.push(index === "" ? append : Number(index));
    wantsKey = dot !== undefined;
  }
  return wantsKey || steps.length > maxSteps ? undefined : steps;
}

/** The inverse of `parsePath`. */
export const formatPath = (steps: readonly Step[]): string =>
  steps.reduce<string>(
    (text, step) => (typeof step === "string" ? (text === "" ? step : `${text}.${step}`) : `${text}[${step === append ? "" : step}]`),
    "",
  );

export type JsonObject = Record<string, unknown>;

/** Puts a value at a path, making what is on the way; `put` gets the value already there. */
export function setAt(target: JsonObject, steps: readonly Step[], put: (before: unknown) => unknown): void {
  let at: Container = target;
  for (const [depth, step] of steps.entries()) {
    const slot = slotAt(at, step, formatPath(steps.slice(0, depth + 1)));
    if (depth === steps.length - 1) return slot.write(put(slot.read()));
    const next = slot.read() ?? (typeof steps[depth + 1] === "string" ? {} : []);
    if (next === null || typeof next !== "object")
      throw new HubError("VALIDATION", `${slot.name} has a value already, so ${formatPath(steps)} has no place`);
    slot.write(next);
    at = next as Container;
  }
}

type Container = JsonObject | unknown[];

interface Slot {
  readonly name: string;
  read(): unknown;
  write(value: unknown): void;
}

/** One place in an object or array. Own properties only, so that `__proto__` is a key like any other. */
function slotAt(container: Container, step: Step, name: string): Slot {
  if (Array.isArray(container) === (typeof step === "string")) throw new HubError("VALIDATION", `${name} mixes an object and an array`);
  const length = Array.isArray(container) ? container.length : Infinity;
  const key = step === append ? length : step;
  if (typeof key === "number" && key > length)
    throw new HubError("VALIDATION", `${name} leaves a gap: the array has ${length} items so far`);
  return {
    name,
    read: () => (Object.hasOwn(container, key) ? (container as JsonObject)[key] : undefined),
    write: (value) => void Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true }),
  };
}
