import { expect, test } from "bun:test";
import { cli } from "../../../tests/support/cli-driver.ts";
import { fakeFiles } from "../../../tests/support/fake-runtime.ts";

const check = (files: Record<string, string>, argv: string[] = []) =>
  cli(["config", "check", ...argv], { runtime: { files: fakeFiles(files) } });

test("valid files: what was read, on stderr; as JSON on stdout", async () => {
  const files = { "/a.json": '{"mcpServers":{"x":{"command":"true"}}}' };
  expect(await check(files, ["-c", "/a.json"])).toMatchObject({ code: 0, out: "", err: "✓ 1 file, 1 server: nothing is wrong\n" });
  expect(JSON.parse((await check(files, ["-c", "/a.json", "--json"])).out)).toMatchObject({ ok: true, servers: ["x"] });
});

test("mistakes carry file, line and column", async () => {
  const { code, out, err } = await check({ "/a.json": '{\n  "mcpServers": { "x": { "command": 7 } }\n}' }, ["-c", "/a.json"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^error: \/a\.json:2:\d+ mcpServers\.x\.command: /);
});

test("a file that was named must be there, the usual ones need not", async () => {
  expect(await check({}, ["-c", "/nope.json"])).toMatchObject({ code: 4, err: expect.stringContaining("/nope.json") });
  expect(await check({})).toMatchObject({ code: 0, err: expect.stringContaining("There is no configuration yet") });
});
