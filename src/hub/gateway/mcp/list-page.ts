import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";

/** Many clients read the first page only, so there is a second one only where one would be too large to handle. */
const pageSize = 1_000;

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor?: string;
}

/**
 * One page of a list whose order is given. A cursor is the hub's own, whatever the servers behind it use: the place and the key
 * of the last item, so that nothing is left out when items before it come or go.
 */
export function listPage<T>(items: T[], key: (item: T) => string, cursor: unknown): Page<T> {
  const start = cursor === undefined ? 0 : startAfter(items, key, cursor);
  const page = items.length <= pageSize ? items.slice(start) : items.slice(start, start + pageSize);
  const end = start + page.length;
  return { items: page, ...(end < items.length && { nextCursor: cursorOf(end - 1, key(items[end - 1]!)) }) };
}

const cursorOf = (index: number, key: string) => Buffer.from(JSON.stringify([index, key])).toString("base64url");

function startAfter<T>(items: T[], key: (item: T) => string, cursor: unknown): number {
  const [index, last] = placeOf(cursor);
  if (index < items.length && key(items[index]!) === last) return index + 1;
  const moved = items.findIndex((item) => key(item) === last);
  return moved < 0 ? Math.min(index, items.length) : moved + 1;
}

function placeOf(cursor: unknown): readonly [number, string] {
  try {
    const place = JSON.parse(Buffer.from(String(cursor), "base64url").toString()) as unknown;
    if (Array.isArray(place) && Number.isSafeInteger(place[0]) && place[0] >= 0 && typeof place[1] === "string")
      return [place[0], place[1]];
  } catch {
    // Said below.
  }
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, "The cursor is none of the hub's; begin with the first page");
}
