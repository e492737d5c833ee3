import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeZip, type ZipMember } from "../../../tests/support/make-zip.ts";
import { readBundle } from "./bundle.ts";
import { checkInputs } from "./inputs.ts";
import { entryOf } from "./launch.ts";
import type { Asks } from "./template.ts";
import { unpack } from "./unpack.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const manifest = (server: object, more: object = {}): ZipMember => ({
  path: "manifest.json",
  content: JSON.stringify({ manifest_version: "0.3", name: "x", version: "1.2.3", server: { type: "node", mcp_config: server }, ...more }),
});

function read(members: readonly ZipMember[], sum?: string) {
  const bytes = makeZip(members);
  const asks: Asks = new Map();
  const bundle = readBundle(bytes, {
    sha256: sum ?? sha256(bytes),
    directory: "/data/bundles/x",
    home: "/home/ana",
    platform: "linux",
    asks,
  });
  return { bundle, asks };
}

test("a bundle says how it is started and what it asks for", async () => {
  const config = {
    command: "node",
    args: ["${__dirname}/server.js", "${user_config.dirs}", "--home=${HOME}"],
    env: { KEY: "${user_config.key}" },
    platform_overrides: { win32: { command: "evil.exe" } },
  };
  const user_config = {
    dirs: { type: "directory", title: "Directories", multiple: true, required: true },
    key: { type: "string", sensitive: true, description: "A key" },
  };
  const { bundle, asks } = read([manifest(config, { user_config }), { path: "server.js", content: "x" }]);
  const { launch, version, runtime, files } = await bundle;
  expect({ version, runtime, files: files.map(({ path }) => path) }).toEqual({
    version: "1.2.3",
    runtime: "node",
    files: ["manifest.json", "server.js"],
  });
  const answers = checkInputs([...asks.values()], { dirs: ["/a", "/b"] }, { home: "/home/ana", secrets: { key: "k" } });
  expect(entryOf(launch, answers)).toEqual({
    command: "node",
    args: ["/data/bundles/x/server.js", "/a", "/b", "--home=/home/ana"],
    env: { KEY: "${secret:key}" },
  });
});

test("C10 a bundle with another sum is refused before anything in it is read", async () => {
  const { bundle } = read([{ path: "../../evil", content: "x" }], "0".repeat(64));
  await expect(bundle).rejects.toMatchObject({ code: "UPSTREAM_REJECTED", message: expect.stringContaining("SHA-256") });
});

test.each<[string, ZipMember]>([
  ["leads out", { path: "../evil" }],
  ["leads out in the middle", { path: "a/../../evil" }],
  ["absolute", { path: "/etc/passwd" }],
  ["a Windows path", { path: "C:\\evil" }],
  ["backslashes", { path: "a\\..\\..\\evil" }],
  ["a dot", { path: "a/./b" }],
  ["an empty part", { path: "a//b" }],
  ["a link", { path: "link", content: "/etc/passwd", mode: 0o120777 }],
  ["a device", { path: "dev", mode: 0o020666 }],
  ["encrypted", { path: "x", encrypted: true }],
  ["lies about its size, too small", { path: "x", content: "x".repeat(1000), claims: 10 }],
  ["lies about its size, too large", { path: "x", content: "x", claims: 1000 }],
  ["there twice, but for its case", { path: "MANIFEST.json" }],
])("C10 %s: refused", async (_, member) => {
  await expect(unpack(makeZip([manifest({ command: "node" }), member]))).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("C10 what unpacks to too much, or is too many files, is refused", async () => {
  const bomb = makeZip([{ path: "zeros", content: new Uint8Array(4_000_000) }]);
  expect(bomb.length).toBeLessThan(10_000);
  await expect(unpack(bomb, { files: 10, bytes: 1_000_000 })).rejects.toMatchObject({
    message: expect.stringContaining("unpacks to more"),
  });
  const many = makeZip(Array.from({ length: 11 }, (__, index) => ({ path: `f${index}` })));
  await expect(unpack(many, { files: 10, bytes: 1_000_000 })).rejects.toMatchObject({
    message: expect.stringContaining("more than 10 files"),
  });
});

test("C10 what is no zip is refused, whatever it is", async () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(100), makeZip([{ path: "a", content: "b" }]).slice(0, 40)])
    await expect(unpack(bytes)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test.each<[object]>([
  [{ command: "sh", args: ["-c", "id"] }],
  [{ command: "/bin/sh" }],
  [{ command: "node", args: ["${cmd: id}"] }],
  [{ command: "node", args: ["$HOME"] }],
  [{ command: "node", args: ["a\nb"] }],
  [{ command: "node", env: { X: "${user_config.unknown}" } }],
])("C16 a manifest that says %j is refused", async (config) => {
  await expect(read([manifest(config)]).bundle).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a program of the bundle's own may be run", async () => {
  const { launch, runtime } = await read([manifest({ command: "${__dirname}/bin/x" }), { path: "bin/x", mode: 0o100755 }]).bundle;
  expect(runtime).toBeUndefined();
  expect(launch.command).toEqual(["/data/bundles/x/bin/x"]);
});

test("a bundle without a manifest says so", async () => {
  await expect(read([{ path: "a" }]).bundle).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});
