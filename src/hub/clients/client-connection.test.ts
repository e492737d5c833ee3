import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { lstat, mkdtemp, mkdir, readFile, readdir, rm, stat, symlink, writeFile, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemDisk } from "#cli/disk.ts";
import JSON5 from "json5";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { planConnection, planUndo, type ConnectionWorld } from "./client-connection.ts";
import { clientIds, clientRow, type ClientId } from "./client-table.ts";
import { connectionRecords } from "./connection-record.ts";
import { entryFor } from "./own-entry.ts";

let home: string;
let world: ConnectionWorld;
let file: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hubctl-clients-"));
  file = join(home, "client", "settings.json");
  await mkdir(join(home, "client"));
  const { files, host } = systemRuntime;
  world = {
    runtime: { files, host, clock: fakeClock() },
    look: systemDisk.look,
    records: connectionRecords({ files, paths: { state: join(home, "state") } }),
  };
});
afterEach(() => rm(home, { recursive: true, force: true }));

const place = (client: ClientId, path = file) => ({ client, scope: "user" as const, path, servers: [clientRow(client).servers] as const });
const target = (client: ClientId, path?: string) => ({ place: place(client, path), name: "hubctl" });
const entry = (client: ClientId) => entryFor(client, { kind: "stdio", command: "hubctl", args: ["stdio"], env: {} });
const connect = async (client: ClientId, path?: string) => (await planConnection(target(client, path), entry(client), world)).apply();
const undo = async (client: ClientId, path?: string) => (await planUndo(target(client, path), world)).apply();
const text = () => readFile(file, "utf8");
const beside = async () => (await readdir(join(home, "client"))).filter((name) => name !== "settings.json");

/** A file as people have them: comments, keys of the client's own, a comma at the end, in both kinds of line end. */
const lived = (key: string, eol: string) =>
  [
    "// settings",
    "{",
    '\t"theme": "dark", // eyes',
    `\t"${key}": {`,
    '\t\t"files": { "command": "npx", "args": ["-y", "x"], "unknown": { "a": [1,2 , 3] } }, // mine',
    "\t\t/* the end */",
    "\t},",
    '\t"zoom": 1.50,',
    "}",
    "",
  ].join(eol);

const clients = clientIds.filter((client) => !clientRow(client).importOnly);

describe.each(clients)("%s", (client) => {
  const key = clientRow(client).servers[0];

  test.each(["\n", "\r\n"])("connect adds its lines and no other (line end %j); undo leaves the very file", async (eol) => {
    const before = lived(key, eol);
    await writeFile(file, before, { mode: 0o640 });
    const backup = await connect(client);
    const after = await text();
    const added = after.split(eol).filter((line) => !before.split(eol).includes(line));
    expect(before.split(eol).every((line) => after.split(eol).includes(line))).toBe(true);
    expect(added.join("\n")).toMatch(/^\t\t"hubctl": \{\n[^]*\t\t\},?$/);
    expect(JSON5.parse(after)).toEqual({ ...JSON5.parse(before), [key]: { ...JSON5.parse(before)[key], hubctl: entry(client) } });
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readFile(backup!, "utf8")).toBe(before);
    expect((await stat(backup!)).mode & 0o777).toBe(0o600);
    await undo(client);
    expect(await text()).toBe(before);
    expect(await beside()).toEqual([]);
  });

  test("a file that is not there is made, and undo takes it away", async () => {
    expect(await connect(client)).toBeUndefined();
    expect(JSON.parse(await text())).toEqual({ [key]: { hubctl: entry(client) } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await undo(client);
    expect(await readdir(join(home, "client"))).toEqual([]);
  });

  test("undo keeps what others changed since, and takes the empty object that was made for the entry", async () => {
    await writeFile(file, '{\n  "a": 1\n}\n');
    await connect(client);
    await writeFile(file, (await text()).replace('"a": 1,', '"a": 2, // changed'));
    await undo(client);
    expect(await text()).toBe('{\n  "a": 2 // changed\n}\n');
  });

  test("an entry of that name is put back as it was, also after a change of somebody else's", async () => {
    await writeFile(file, JSON.stringify({ [key]: { hubctl: { command: "old" } } }));
    await connect(client);
    await writeFile(file, (await text()).replace(/\}$/, ',"b":1}'));
    await undo(client);
    expect(JSON.parse(await text())).toEqual({ [key]: { hubctl: { command: "old" } }, b: 1 });
  });
});

test("a link stays a link, and the file behind it changes", async () => {
  const real = join(home, "dotfiles.json");
  await writeFile(real, "{}\n");
  await symlink("../dotfiles.json", file);
  await connect("cursor");
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect(JSON.parse(await readFile(real, "utf8"))).toMatchObject({ mcpServers: { hubctl: {} } });
  await undo("cursor");
  expect(await readFile(real, "utf8")).toBe("{}\n");
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
});

test("a link that leads nowhere makes the file it asks for; one that leads to itself is refused", async () => {
  await symlink("later.json", file);
  await connect("cursor");
  expect(JSON.parse(await readFile(join(home, "client", "later.json"), "utf8"))).toMatchObject({ mcpServers: {} });
  const loop = join(home, "loop.json");
  await symlink("loop.json", loop);
  await expect(connect("cursor", loop)).rejects.toThrow("leads to itself");
});

test("a read-only file is left alone, though its directory would let it be replaced", async () => {
  await writeFile(file, "{}\n");
  await chmod(file, 0o444);
  await expect(connect("cursor")).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("read-only") });
  expect(await text()).toBe("{}\n");
  expect(await beside()).toEqual([]);
});

test("an edit between the preview and the writing is noticed", async () => {
  await writeFile(file, "{}\n");
  const change = await planConnection(target("cursor"), entry("cursor"), world);
  await writeFile(file, '{ "mine": 1 }\n');
  await expect(change.apply()).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await text()).toBe('{ "mine": 1 }\n');
  expect(await beside()).toEqual([]);
  expect(await world.records.get(file, "hubctl")).toBeUndefined();
});

test("a file that appears between the preview and the writing is not written over", async () => {
  const change = await planConnection(target("cursor"), entry("cursor"), world);
  await writeFile(file, "{}\n");
  await expect(change.apply()).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await text()).toBe("{}\n");
});

test("two changes in a row are undone together; a change between them stays", async () => {
  await writeFile(file, '{\n  "a": 1\n}\n');
  await connect("cursor");
  const http = entryFor("cursor", { kind: "http", url: "http://127.0.0.1:1/mcp", hasToken: true });
  const again = async () => (await planConnection(target("cursor"), http, world)).apply();
  await again();
  await undo("cursor");
  expect(await text()).toBe('{\n  "a": 1\n}\n');
  expect(await beside()).toEqual([]);

  await connect("cursor");
  await writeFile(file, (await text()).replace('"a": 1', '"a": 3'));
  await again();
  await undo("cursor");
  expect(await text()).toBe('{\n  "a": 3\n}\n');
});

test("undo of what was never done, or done already, says so", async () => {
  await expect(undo("cursor")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await connect("cursor");
  await undo("cursor");
  await expect(undo("cursor")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("what cannot be put back as it was is not touched", async () => {
  for (const bad of ['{ "mcpServers": [1] }', "[]", "{ nonsense", '{ "mcpServers": "x" }']) {
    await writeFile(file, bad);
    await expect(connect("cursor")).rejects.toBeInstanceOf(Error);
    expect(await text()).toBe(bad);
  }
  const latin1 = new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]);
  await writeFile(file, latin1);
  await expect(connect("cursor")).rejects.toThrow("UTF-8");
  await expect(connect("cursor", home)).rejects.toThrow("no file");
  expect(await beside()).toEqual([]);
});

test("a hub of its own is not put among its servers", async () => {
  await expect(connect("mcphub")).rejects.toMatchObject({ code: "CONFLICT", hint: expect.stringContaining("mcp-hub") });
});

test("a token is named, never written", () => {
  const own = { kind: "http", url: "http://127.0.0.1:1/mcp", hasToken: true } as const;
  expect(entryFor("cursor", own)).toEqual({ url: own.url, headers: { Authorization: "Bearer ${env:HUBCTL_TOKEN}" } });
  expect(entryFor("claude-code", own)).toEqual({ type: "http", url: own.url, headers: { Authorization: "Bearer ${HUBCTL_TOKEN}" } });
  expect(entryFor("zed", own)).toEqual({ url: own.url });
});
