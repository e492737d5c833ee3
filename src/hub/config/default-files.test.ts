import { expect, test } from "bun:test";
import { fakeFiles } from "../../../tests/support/fake-runtime.ts";
import { defaultConfigFiles } from "./default-files.ts";

const defaults = (files: Record<string, string>) => defaultConfigFiles({ paths: { config: "/c" }, files: fakeFiles(files) });

test("takes the user's file, JSON5 before JSON", async () => {
  expect(await defaults({ "/c/config.json": "{}", "/c/config.json5": "{}" })).toEqual(["/c/config.json5"]);
  expect(await defaults({ "/c/config.json": "{}" })).toEqual(["/c/config.json"]);
});

test("without a file names the place where one would be", async () => {
  expect(await defaults({})).toEqual(["/c/config.json5"]);
});

test("a directory that cannot be read is one without a file", async () => {
  const files = { list: () => Promise.reject(new Error("EACCES")) };
  expect(await defaultConfigFiles({ paths: { config: "/c" }, files })).toEqual(["/c/config.json5"]);
});

test("C8 a file in the working directory is never taken unasked", async () => {
  expect(await defaults({ "/work/.hubctl/config.json5": "{}" })).toEqual(["/c/config.json5"]);
});
