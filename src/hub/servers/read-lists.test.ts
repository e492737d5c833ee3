import { expect, test } from "bun:test";
import { readAllLists, readList } from "./read-lists.ts";

const declared = { tools: {}, resources: {} };
const tool = (name: string) => ({ name, inputSchema: { type: "object", $schema: "x" }, custom: 1 });

test("reads every page, in order, with unknown fields", async () => {
  const pages: Record<string, object> = {
    "": { tools: [tool("a")], nextCursor: "2" },
    "2": { tools: [tool("b")], nextCursor: "3" },
    "3": { tools: [tool("c")] },
  };
  const { items: tools } = await readList(
    "tools",
    declared,
    async (_, params) => pages[(params["cursor"] as string) ?? ""] as Record<string, unknown>,
  );
  expect(tools.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(tools[0]).toEqual(tool("a"));
});

test("H10 a cursor that comes again ends the reading with an error", async () => {
  const endless = readList("tools", declared, async () => ({ tools: [tool("a")], nextCursor: "again" }));
  expect(endless).rejects.toThrow("repeats a cursor");
});

test("H10 cursors that never end are bounded", async () => {
  let page = 0;
  expect(readList("tools", declared, async () => ({ tools: [], nextCursor: String(++page) }))).rejects.toThrow("never ends");
});

test("a server is asked only for what it declares, and one failing list leaves the others", async () => {
  const asked: string[] = [];
  const failed: string[] = [];
  const lists = await readAllLists(
    declared,
    async (method) => {
      asked.push(method);
      if (method === "resources/list") throw new Error("broken");
      return { tools: [tool("a"), { noName: true }], resourceTemplates: [{ uriTemplate: "x:{id}" }] };
    },
    (name) => failed.push(name),
  );
  expect(asked.toSorted()).toEqual(["resources/list", "resources/templates/list", "tools/list"]);
  expect(failed).toEqual(["resources"]);
  expect(lists.tools).toHaveLength(1);
  expect(lists.resourceTemplates[0]).toMatchObject({ uriTemplate: "x:{id}", name: "" });
  expect(lists.prompts).toEqual([]);
});

test("how long a list may be kept is what the most careful of its pages says", async () => {
  const pages = [
    { tools: [tool("a")], nextCursor: "2", ttlMs: 60_000, cacheScope: "public" },
    { tools: [tool("b")], ttlMs: 5_000, cacheScope: "private" },
  ];
  const ask = async () => pages.shift() as Record<string, unknown>;
  expect((await readList("tools", declared, ask)).caching).toEqual({ ttlMs: 5_000, cacheScope: "private" });
  expect((await readList("tools", declared, async () => ({ tools: [], ttlMs: -1, cacheScope: "public" }))).caching).toBeUndefined();
});
