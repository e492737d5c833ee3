import type { z } from "zod";
import { Caching, pessimistic } from "../kernel/caching.ts";
import { HubError } from "../kernel/errors.ts";
import { lists, type Capabilities, type ListName } from "./capabilities.ts";

export type Ask = (method: string, params: Record<string, unknown>) => Promise<Record<string, unknown>>;

const mostPages = 1_000;
const mostItems = 50_000;

export interface ReadList<N extends ListName> {
  readonly items: Capabilities[N];
  /** Of all its pages; absent where they do not say. */
  readonly caching?: Caching;
}

/** Reads one list to its last page. A server that does not declare the capability is not asked. */
export async function readList<N extends ListName>(name: N, declared: Record<string, unknown>, ask: Ask): Promise<ReadList<N>> {
  const { method, declaredAs, item } = lists[name];
  const items: unknown[] = [];
  const caching: Caching[] = [];
  if (declared[declaredAs] === undefined) return { items: items as Capabilities[N] };
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await ask(method, cursor === undefined ? {} : { cursor });
    for (const raw of Array.isArray(page[name]) ? page[name] : []) keep(item, raw, items);
    caching.push(...cachingOf(page));
    cursor = nextCursor(page);
    if (cursor !== undefined && seen.has(cursor)) throw endless(method, "repeats a cursor");
    if (cursor !== undefined) seen.add(cursor);
    if (seen.size > mostPages || items.length > mostItems) throw endless(method, `has more than ${mostPages} pages or ${mostItems} items`);
  } while (cursor !== undefined);
  return { items: items as Capabilities[N], ...(caching.length > 0 && { caching: pessimistic(caching) }) };
}

const cachingOf = (page: Record<string, unknown>): readonly Caching[] => {
  const said = Caching.safeParse(page);
  return said.success ? [said.data] : [];
};

/** An empty cursor means what none means: some servers send it on the last page. */
const nextCursor = ({ nextCursor }: Record<string, unknown>) =>
  typeof nextCursor === "string" && nextCursor !== "" ? nextCursor : undefined;

/** A definition without its name is no use to anybody; the rest of the list is. */
function keep(item: z.ZodType, raw: unknown, items: unknown[]): void {
  const parsed = item.safeParse(raw);
  if (parsed.success) items.push(parsed.data);
}

const endless = (method: string, how: string) =>
  new HubError("UPSTREAM_UNAVAILABLE", `The server's ${method} never ends: it ${how}`, { hint: "Report it to the server's author" });

/** Reads all four lists at once; one that fails is empty, and the failure is told. */
export async function readAllLists(
  declared: Record<string, unknown>,
  ask: Ask,
  failed: (name: ListName, cause: unknown) => void,
): Promise<Pick<Capabilities, ListName | "caching">> {
  const caching: Record<string, Caching> = {};
  const read = async <N extends ListName>(name: N): Promise<Capabilities[N]> => {
    try {
      const list = await readList(name, declared, ask);
      if (list.caching) caching[name] = list.caching;
      return list.items;
    } catch (cause) {
      failed(name, cause);
      return [];
    }
  };
  const [tools, resources, resourceTemplates, prompts] = await Promise.all([
    read("tools"),
    read("resources"),
    read("resourceTemplates"),
    read("prompts"),
  ]);
  return { tools, resources, resourceTemplates, prompts, caching };
}
