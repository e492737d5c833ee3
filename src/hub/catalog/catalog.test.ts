import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createCatalog } from "./catalog.ts";
import type { Source } from "./source.ts";

type Lists = Partial<Pick<Source, "tools" | "resources" | "resourceTemplates" | "prompts">>;

const source = (id: string, lists: Lists = {}): Source => ({
  id,
  kind: "server",
  title: id,
  description: "",
  available: true,
  tools: [],
  resources: [],
  resourceTemplates: [],
  prompts: [],
  ...lists,
  request: async () => ({}),
});
const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
const resource = (uri: string) => ({ uri, name: uri });

function catalogOf(initial: readonly Source[]) {
  const clock = fakeClock();
  let sources = initial;
  const catalog = createCatalog({ clock, sources: () => sources });
  const heard: string[][] = [];
  catalog.onChange((changed) => heard.push([...changed]));
  const replace = (next: readonly Source[]) => {
    sources = next;
    catalog.touch();
  };
  return { catalog, clock, heard, replace };
}

test("the order of a list depends on names alone, not on who connected first", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(["a", "b", "c", "d"], { minLength: 2 }),
      fc.shuffledSubarray(["x", "y", "z"], { minLength: 1 }),
      (ids, names) => {
        const ordered = catalogOf(ids.toSorted().map((id) => source(id, { tools: names.toSorted().map(tool) }))).catalog.snapshot();
        const shuffled = catalogOf(ids.map((id) => source(id, { tools: names.map(tool) }))).catalog.snapshot();
        expect(shuffled.tools.map(({ id }) => id)).toEqual(ordered.tools.map(({ id }) => id));
      },
    ),
  );
});

test("a tool is found by its id and by its wire name", () => {
  const { catalog } = catalogOf([source("files", { tools: [tool("read")] })]);
  expect(catalog.tool("files.read")).toBe(catalog.tool("files__read"));
  expect(catalog.tool("files.write")).toBeUndefined();
});

test("a burst of changes is told once", async () => {
  const { clock, heard, replace } = catalogOf([]);
  for (let i = 1; i <= 5; i++) replace([source("a", { tools: Array.from({ length: i }, (_, n) => tool(`t${n}`)) })]);
  await clock.advance(100);
  expect(heard).toEqual([["tools"]]);
});

test("J6 a server that flaps without changing its lists is not told at all", async () => {
  const { clock, heard, replace } = catalogOf([source("a", { tools: [tool("t")] })]);
  for (let i = 0; i < 100; i++) {
    replace([source("a", { tools: [tool("t")] })]);
    await clock.advance(30);
  }
  await clock.advance(100);
  expect(heard).toEqual([]);
});

test("a list that changed and changed back is told to whoever may have seen it in between, and only then", async () => {
  const { catalog, clock, heard, replace } = catalogOf([]);
  replace([source("a", { tools: [tool("t")] })]);
  replace([]);
  await clock.advance(100);
  expect(heard).toEqual([]);
  replace([source("a", { tools: [tool("t")] })]);
  catalog.snapshot();
  replace([]);
  await clock.advance(100);
  expect(heard).toEqual([["tools"]]);
});

test("only the kinds that changed are told", async () => {
  const { clock, heard, replace } = catalogOf([source("a", { tools: [tool("t")] })]);
  replace([source("a", { tools: [tool("t")], resources: [resource("x:1")], prompts: [{ name: "p" }] })]);
  await clock.advance(100);
  expect(heard).toEqual([["prompts", "resources"]]);
});

test("two servers with one URI: the first by name keeps it, the other's has its name before it, and both can be read", () => {
  const one = source("one", { resources: [resource("file:///a")] });
  const two = source("two", { resources: [resource("file:///a"), resource("file:///b")] });
  for (const order of [
    [one, two],
    [two, one],
  ]) {
    const { resources } = catalogOf(order).catalog.snapshot();
    expect(resources.resources.map(({ shown }) => shown)).toEqual(["file:///a", "mcp+two:file:///a", "file:///b"]);
    expect(resources.route("file:///a")?.source.id).toBe("one");
    expect(resources.route("mcp+two:file:///a")).toMatchObject({ uri: "file:///a", source: { id: "two" } });
    expect(resources.route("file:///b")?.source.id).toBe("two");
    expect(resources.route("file:///none")).toBeUndefined();
  }
});

test("a URI that no list has goes where a template fits, or to the only server with resources", () => {
  const templates = source("t", { resourceTemplates: [{ uriTemplate: "note://{id}", name: "note" }] });
  const others = source("o", { resources: [resource("x:1")] });
  expect(catalogOf([templates, others]).catalog.snapshot().resources.route("note://7")?.source.id).toBe("t");
  expect(catalogOf([others]).catalog.snapshot().resources.route("y:2")?.source.id).toBe("o");
});

test("a name listed twice by one server is one tool: the first", () => {
  const { catalog } = catalogOf([
    source("a", {
      tools: [
        { ...tool("t"), description: "first" },
        { ...tool("t"), description: "second" },
      ],
    }),
  ]);
  expect(catalog.snapshot().tools.map(({ definition }) => definition.description)).toEqual(["first"]);
});
