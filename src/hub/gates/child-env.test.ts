import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { childEnv } from "./child-env.ts";

function on(platform: NodeJS.Platform, env: Record<string, string>) {
  const runtime = fakeRuntime({ env });
  return { env, host: { ...runtime.host, platform } };
}

test("each system's own base is inherited", () => {
  const all = { HOME: "h", TMPDIR: "t", APPDATA: "a", SYSTEMROOT: "s", OTHER: "o", HUBCTL_PORT: "1", BUN_INSTALL: "b" };
  expect(childEnv(on("darwin", all), { env: {}, owner: "files" })).toEqual({ HOME: "h", TMPDIR: "t" });
  expect(childEnv(on("win32", all), { env: {}, owner: "files" })).toEqual({ APPDATA: "a", SYSTEMROOT: "s" });
});

test("on Windows a declared name replaces the inherited one in any case", () => {
  const declared = { env: { AppData: "mine", Path: "p" }, allowEnv: ["Path"], owner: "files" };
  expect(childEnv(on("win32", { APPDATA: "a", PATH: "q" }), declared)).toEqual({ AppData: "mine", Path: "p" });
  expect(childEnv(on("linux", { PATH: "q" }), declared)).toEqual({ AppData: "mine", Path: "p", PATH: "q" });
});
