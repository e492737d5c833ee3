import { expect, test } from "bun:test";
import { fakeClock, fakeFiles } from "../../../tests/support/fake-runtime.ts";
import { watchSources } from "./sources.ts";

/** A tree of directories; whatever is in none of the lists is a file. */
function tree(directories: Record<string, string[]>) {
  const files = {
    ...fakeFiles(),
    list: async (path: string) => {
      const names = directories[path];
      if (!names) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
      return names;
    },
  };
  const clock = fakeClock();
  const told: (readonly string[])[] = [];
  const watching = watchSources(
    { cwd: "/app", watch: ["src/**/*.ts", "*.json"] },
    { runtime: { files, clock }, onChange: (changed) => told.push(changed) },
  );
  return { files, clock, told, watching, directories };
}

test("files that match are told once they have been left alone, all together", async () => {
  const { files, clock, told } = tree({ "/app": ["src", "app.json"], "/app/src": ["a.ts", "deep"], "/app/src/deep": ["b.ts"] });
  await clock.advance(0);
  await files.replace("/app/src/deep/b.ts", "");
  await clock.advance(300);
  await files.replace("/app/app.json", "");
  await files.replace("/app/src/notes.md", "");
  await clock.advance(499);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual([["app.json", "src/deep/b.ts"]]);
});

test("what others own is not looked at", async () => {
  const { files, clock, told } = tree({
    "/app": ["src", "node_modules"],
    "/app/src": ["node_modules"],
    "/app/src/node_modules": ["x.ts"],
  });
  await clock.advance(0);
  await files.replace("/app/src/node_modules/x.ts", "");
  await clock.advance(1000);
  expect(told).toEqual([]);
});

test("a directory made later is followed", async () => {
  const { files, clock, told, directories } = tree({ "/app": ["src"], "/app/src": [] });
  await clock.advance(0);
  directories["/app/src/new"] = ["c.ts"];
  await files.replace("/app/src/new", "");
  await clock.advance(0);
  await files.replace("/app/src/new/c.ts", "");
  await clock.advance(500);
  expect(told).toEqual([["src/new/c.ts"]]);
});

test("nothing is told after the end", async () => {
  const { files, clock, told, watching } = tree({ "/app": ["a.json"] });
  await clock.advance(0);
  await files.replace("/app/a.json", "");
  watching[Symbol.dispose]();
  await files.replace("/app/a.json", "");
  await clock.advance(1000);
  expect(told).toEqual([]);
});
