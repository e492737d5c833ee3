import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

const names = ["fs.list_directory", "fs.list_directory_with_sizes", "fs.read_file", "slack.messages.post"];

test("finds what was meant, the nearest first", () => {
  expect(nearest(names, "fs.list_directry")).toEqual(["fs.list_directory"]);
  expect(nearest(names, "slack.message.post")).toEqual(["slack.messages.post"]);
});

test("finds what was typed without its source", () => {
  expect(nearest([...names, "other.read_file"], "read_fil")).toEqual(["fs.read_file", "other.read_file"]);
});

test("says nothing where nothing is near", () => {
  expect(nearest(names, "github.create_issue")).toEqual([]);
});
