import { expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { fakeFiles, fakeRuntime } from "../../tests/support/fake-runtime.ts";
import { keepBug } from "./keep-bug.ts";

test("a bug's stack goes to the log, an ordinary error does not", async () => {
  const files = fakeFiles();
  const runtime = fakeRuntime({ files, env: { HOME: "/home/ana" } });
  await keepBug(new HubError("NOT_FOUND", "no such thing"), runtime);
  expect([...files.content.keys()]).toEqual([]);
  await keepBug(new TypeError("undefined is not a function"), runtime);
  const [[path, text] = ["", ""]] = files.content;
  expect(path).toStartWith("/home/ana/.local/state/hubctl/logs/hubctl-");
  expect(JSON.parse(text)).toMatchObject({
    level: "error",
    area: "cli",
    cause: { name: "TypeError", message: "undefined is not a function" },
  });
});
