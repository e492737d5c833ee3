import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { GatedProcess } from "../gates/spawn.ts";
import { HubError } from "../kernel/errors.ts";
import { openBrowser } from "./open-browser.ts";

const url = "https://as.example/authorize?a=1&b=2;c";

function fixture(platform: NodeJS.Platform, { env = {}, missing = [] }: { env?: Record<string, string>; missing?: string[] } = {}) {
  const started: { argv: readonly string[]; env: Readonly<Record<string, string>> }[] = [];
  const runtime = fakeRuntime({ env, host: { ...fakeRuntime().host, platform } });
  const open = () =>
    openBrowser(url, {
      runtime,
      spawnGate: {
        async start(request) {
          if (missing.includes(request.argv[0]!)) throw new HubError("NOT_FOUND", "no such command");
          started.push(request);
          const silence = () => new Blob([]).stream();
          return { stdout: silence(), stderr: silence() } as unknown as GatedProcess;
        },
      },
    });
  return { open, started };
}

test.each([
  ["linux", { DISPLAY: ":0" }, ["setsid", "--wait", "xdg-open", url]],
  ["darwin", {}, ["open", url]],
  ["win32", {}, ["rundll32", "url.dll,FileProtocolHandler", url]],
] as const)("B8 on %s the address is one argument, and no shell reads it", async (platform, env, argv) => {
  const { open, started } = fixture(platform, { env });
  expect(await open()).toBe(true);
  expect(started.map((request) => [...request.argv])).toEqual([[...argv]]);
});

test("a browser gets the desktop's variables and nothing else of the hub's", async () => {
  const { open, started } = fixture("linux", { env: { DISPLAY: ":0", BROWSER: "firefox", HUBCTL_MASTER_KEY: "secret" } });
  await open();
  expect(started[0]!.env).toEqual({ DISPLAY: ":0", BROWSER: "firefox" });
});

test("without a screen, or without any opener, nothing is started and nothing fails", async () => {
  expect(await fixture("linux").open()).toBe(false);
  expect(await fixture("darwin", { env: { SSH_CONNECTION: "1 2 3 4" } }).open()).toBe(false);
  expect(await fixture("linux", { env: { DISPLAY: ":0" }, missing: ["setsid", "xdg-open"] }).open()).toBe(false);
  const withoutSetsid = fixture("linux", { env: { WAYLAND_DISPLAY: "w" }, missing: ["setsid"] });
  expect(await withoutSetsid.open()).toBe(true);
  expect(withoutSetsid.started[0]!.argv).toEqual(["xdg-open", url]);
});
