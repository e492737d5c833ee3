import { expect, test } from "bun:test";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";
import { fakeFiles } from "../../../tests/support/fake-runtime.ts";

const plan = {
  name: "io.github.ana/files",
  title: "Files\u001b[2J",
  publisher: "github.com/ana",
  source: "official",
  version: "1.2.3",
  server: "files",
  file: "/home/ana/config.json5",
  way: "npm",
  ways: [{ way: "npm" }],
  package: { type: "npm", identifier: "@ana/files", version: "1.2.3", integrity: "sha512-abc" },
  permissions: {
    argv: ["npx", "-y", "@ana/files@1.2.3", "a b", "{dir}"],
    env: ["TOKEN"],
    headers: [],
    origins: ["https://one.example"],
    unrestricted: true,
  },
  asks: [
    { key: "dir", required: true, secret: false, kind: "filepath", repeated: true },
    { key: "TOKEN", required: true, secret: true, kind: "string", repeated: false },
  ],
  warnings: ["Its publisher no longer recommends it"],
  consent: "code",
};

const result = { server: "files", state: "enabled", tools: [{ name: "read" }] };
const install = (argv: readonly string[], options: CliOptions = {}) =>
  cli(["marketplace", "install", "files", ...argv], {
    answers: { "marketplace.plan": () => plan, "marketplace.install": () => result },
    runtime: { files: fakeFiles({ "key.txt": "hunter2\n" }) },
    ...options,
  });

test("everything that is agreed to is shown, each argument with its limits and nothing that moves the cursor", async () => {
  const { err, code, calls } = await install([]);
  for (const text of [
    'npx -y @ana/files@1.2.3 "a b" {dir}',
    "sha512-abc",
    "github.com/ana",
    "TOKEN",
    "https://one.example",
    "/home/ana/config.json5",
    "no longer recommends",
  ])
    expect(err).toContain(text);
  expect(err).not.toContain("\u001b");
  expect(code).toBe(2);
  expect(calls.map(({ operation }) => operation)).toEqual(["marketplace.plan"]);
});

test("with --yes it is installed by the consent of that plan; secrets and paths go where they belong", async () => {
  const { code, out, calls } = await install([
    "--yes",
    "--version",
    "1.2.3",
    "--input",
    "dir=notes",
    "--input",
    "dir=/b",
    "-i",
    "TOKEN=@key.txt",
    "--json",
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(result);
  expect(calls[1]!.input).toEqual({
    name: "files",
    version: "1.2.3",
    consent: "code",
    hold: false,
    inputs: { dir: ["/work/notes", "/b"] },
    secrets: { TOKEN: ["hunter2"] },
  });
});

test.each([["dir"], ["=x"], ["TOKEN=@missing.txt"]])("an input like %s is refused before anything is installed", async (input) => {
  const { code, calls } = await install(["--yes", "--input", input]);
  expect(code).toBe(2);
  expect(calls).toHaveLength(1);
});

test("an update shows what changes, and installs by the consent of its plan", async () => {
  const diff = {
    version: { from: "1.0.0", to: "1.2.3" },
    integrity: {},
    env: { added: ["AWS_KEY"], removed: [] },
    origins: { added: [], removed: ["https://old.example"] },
    warnings: ["It now comes from another repository"],
  };
  const { err, calls, code } = await cli(["marketplace", "update", "files", "--yes"], {
    answers: {
      "marketplace.update": ({ consent }) => ({
        updated: consent !== undefined,
        diff: { ...diff, ...(consent !== undefined && { tools: { added: ["rm"], removed: [], changed: ["read"] } }) },
        plan,
        result,
      }),
    },
  });
  expect(code).toBe(0);
  expect(calls.map(({ input }) => (input as { consent?: string }).consent)).toEqual([undefined, "code"]);
  for (const text of ["1.0.0 → 1.2.3", "+AWS_KEY", "-https://old.example", "another repository", "+rm", "say something else: read"])
    expect(err).toContain(text);
});
