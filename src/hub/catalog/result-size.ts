import { HubError } from "../kernel/errors.ts";

export const tooLarge = (maxBytes: number): HubError =>
  new HubError("UPSTREAM_REJECTED", `The result is larger than the limit of ${maxBytes} bytes`, {
    hint: "Ask for less, or raise hub.maxResultBytes in the configuration",
  });

/** The length of all strings and keys in a result; stops counting once past the limit. */
export function resultSize(value: unknown, limit: number): number {
  let size = 0;
  const pending: unknown[] = [value];
  while (pending.length > 0 && size <= limit) {
    const next = pending.pop();
    if (typeof next === "string") size += next.length;
    else if (Array.isArray(next)) for (const item of next) pending.push(item);
    else if (next !== null && typeof next === "object")
      for (const [key, item] of Object.entries(next)) {
        size += key.length + 4;
        pending.push(item);
      }
    else size += 4;
  }
  return size;
}
