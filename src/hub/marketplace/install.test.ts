import { expect, test } from "bun:test";
import fc from "fast-check";
import JSON5 from "json5";
import { fakeClock, fakeFiles } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import { expandServer } from "../config/interpolate.ts";
import { parseLayer } from "../config/layer.ts";
import { createConfigFile } from "./config-file.ts";
import type { Disk } from "./disk.ts";
import { checkInputs } from "./inputs.ts";
import type { InstallRecord, InstallStore } from "./install-store.ts";
import { installStep, type InstallInput, type InstallState } from "./install-machine.ts";
import type { InstallRequest, InstallerDeps } from "./installation.ts";
import { runInstall } from "./installer.ts";
import { argvOf, entryOf, sealedOf, type LocalLaunch } from "./launch.ts";
import type { Prepared } from "./plan.ts";
import { argumentTemplate, keyValueTemplate, type Ask, type Asks } from "./template.ts";
import { toolChanges, updateDiff } from "./update-diff.ts";

const file = "/home/ana/config.json5";
const before = "{\n  // mine\n  mcpServers: {\n    other: { command: 'x' },\n  },\n}\n";

const asks: Asks = new Map();
const launch: LocalLaunch = {
  kind: "local",
  command: ["npx", "-y"],
  runnerArgs: [],
  target: ["@ana/files@1.0.0"],
  args: [argumentTemplate({ type: "positional", valueHint: "directory", isRequired: true, isRepeated: true, format: "filepath" }, asks)],
  env: { TOKEN: keyValueTemplate({ name: "TOKEN", isSecret: true, isRequired: true }, "env", asks) },
  inherit: [],
};

function preparedOf(version = "1.0.0"): Prepared {
  const plan: Prepared["plan"] = {
    name: "io.github.ana/files",
    title: "Files",
    description: "",
    publisher: "ana",
    source: "official",
    version,
    server: "files",
    file,
    way: "npm",
    ways: [],
    package: { type: "npm", identifier: "@ana/files", version, integrity: `sha512-${version}` },
    permissions: { argv: ["npx"], env: ["TOKEN"], headers: [], origins: [], unrestricted: true },
    asks: [],
    warnings: [],
    consent: `yes-${version}`,
  };
  return { plan, launch: { ...launch, target: [`@ana/files@${version}`] }, asks: [...asks.values()], repositoryId: "7" };
}

function world(given: { readonly tryOut?: () => Promise<readonly { name: string }[]>; readonly text?: string } = {}) {
  const files = fakeFiles(given.text === undefined ? {} : { [file]: given.text });
  const secrets = new Map<string, string>();
  const records = new Map<string, InstallRecord>();
  const seen: string[] = [];
  const disk: Disk = {
    realPath: async (path) => path,
    exists: async () => false,
    writeTree: async () => undefined,
    removeTree: async () => undefined,
  };
  const installs: InstallStore = {
    all: async () => [],
    find: async (_, server) => records.get(server),
    put: async (_, record) => void records.set(record.server, record),
    remove: async (_, server) => void records.delete(server),
  };
  const entry = (server: string) =>
    (JSON5.parse<{ mcpServers?: Record<string, object> }>(files.content.get(file) ?? "{}").mcpServers ?? {})[server] as
      Record<string, unknown> | undefined;
  const deps: InstallerDeps = {
    host: {
      reload: async () => void seen.push(JSON.stringify(entry("files")?.["tools"] ?? null)),
      entry,
      tryOut: given.tryOut ?? (async () => [{ name: "read", description: "Reads" }]),
    },
    config: createConfigFile({ files, disk }),
    secrets: {
      get: async (server, name) => secrets.get(`${server}/${name}`),
      set: async (server, name, value) => void secrets.set(`${server}/${name}`, value),
      remove: async (server, name) => void secrets.delete(`${server}/${name}`),
    },
    installs,
    disk,
    clock: fakeClock(),
    log: silentLog,
    home: "/home/ana",
  };
  return { deps, files, secrets, records, seen, entry };
}

const request = (more: Partial<InstallRequest> = {}): InstallRequest => ({
  tenant: "default",
  prepared: preparedOf(),
  consent: "yes-1.0.0",
  inputs: { directory: "/data" },
  secrets: { TOKEN: "hunter2" },
  hold: false,
  progress: () => undefined,
  ...more,
});

test("an installation is written in quarantine, tried out, and only then offered; its secret is sealed", async () => {
  const { deps, files, secrets, records, seen } = world({ text: before });
  const { record, backup } = await runInstall(deps, request());
  expect(seen).toEqual(['{"deny":["*"]}', "null"]);
  expect(record).toMatchObject({ state: "enabled", inputs: { directory: ["/data"] }, secrets: ["TOKEN"] });
  expect(records.get("files")).toEqual(record);
  expect(files.content.get(backup!)).toBe(before);
  expect(secrets.get("files/TOKEN")).toBe("hunter2");
  for (const text of [...files.content.values(), JSON.stringify([...records])]) expect(text).not.toContain("hunter2");
  expect(files.content.get(file)).toContain("// mine");
  expect(files.content.get(file)).toContain("${secret:TOKEN}");
});

test("without consent, or with that to another plan, nothing is written", async () => {
  for (const consent of [undefined, "", "yes-1.0.1"]) {
    const { deps, files, secrets, records } = world({ text: before });
    await expect(runInstall(deps, request({ consent }))).rejects.toMatchObject({ code: "CONFLICT" });
    expect([...files.content]).toEqual([[file, before]]);
    expect(secrets.size + records.size).toBe(0);
  }
});

test("with inputs that are missing or wrong, nothing is written", async () => {
  const wrong: Partial<InstallRequest>[] = [
    { inputs: {} },
    { secrets: {} },
    { inputs: { directory: "relative" } },
    { inputs: { directory: "/a", other: "x" } },
    { inputs: { directory: "/a", TOKEN: "open" } },
  ];
  for (const more of wrong) {
    const { deps, files, secrets } = world({ text: before });
    await expect(runInstall(deps, request(more))).rejects.toMatchObject({ code: "VALIDATION" });
    expect(files.content.get(file)).toBe(before);
    expect(secrets.size).toBe(0);
  }
});

test("a server that does not start leaves nothing behind", async () => {
  const { deps, files, secrets, records } = world({
    text: before,
    tryOut: () => Promise.reject(new HubError("UPSTREAM_UNAVAILABLE", "it died")),
  });
  await expect(runInstall(deps, request())).rejects.toMatchObject({ message: "it died" });
  expect(files.content.get(file)).toBe(before);
  expect(secrets.size + records.size).toBe(0);
});

test("held: it stays disabled, with none of its tools offered", async () => {
  const { deps, entry } = world();
  expect((await runInstall(deps, request({ hold: true }))).record.state).toBe("quarantined");
  expect(entry("files")).toMatchObject({ disabled: true, tools: { deny: ["*"] } });
});

test("an update keeps what the person changed, and one that does not start puts back what was there", async () => {
  const { deps, files, secrets, entry, records } = world({ text: before });
  const { record } = await runInstall(deps, request());
  files.content.set(file, files.content.get(file)!.replace('"command": "npx"', '"command": "npx", disabled_tools: ["write"]'));
  const next = { prepared: preparedOf("2.0.0"), consent: "yes-2.0.0", previous: record };
  await runInstall(deps, request(next));
  expect(entry("files")).toMatchObject({ args: ["-y", "@ana/files@2.0.0", "/data"], disabled_tools: ["write"] });
  expect(entry("files")).not.toHaveProperty("tools");

  const present = files.content.get(file)!;
  const broken = { ...deps, host: { ...deps.host, tryOut: () => Promise.reject(new HubError("UPSTREAM_UNAVAILABLE", "no")) } };
  const previous = records.get("files")!;
  await expect(
    runInstall(broken, request({ ...next, prepared: preparedOf("3.0.0"), consent: "yes-3.0.0", previous, secrets: { TOKEN: "other" } })),
  ).rejects.toThrow("no");
  expect(JSON5.parse<object>(files.content.get(file)!)).toEqual(JSON5.parse<object>(present));
  expect(records.get("files")).toEqual(previous);
  expect(secrets.get("files/TOKEN")).toBe("hunter2");
});

test("C11 an update names every version, variable, address and tool that changes", () => {
  const record = {
    ...({} as InstallRecord),
    version: "1",
    permissions: { argv: ["npx", "a@1"], env: ["A"], headers: [], origins: ["https://one"], unrestricted: true },
    package: { type: "npm", identifier: "a", version: "1", integrity: "x" },
    repositoryId: "7",
  };
  const { plan } = preparedOf("2");
  const changed = {
    ...plan,
    permissions: { ...plan.permissions, argv: ["npx", "a@2"], env: ["A", "AWS_SECRET"], origins: ["https://two"] },
  };
  expect(updateDiff(record, changed, "8")).toMatchObject({
    version: { from: "1", to: "2" },
    argv: { from: ["npx", "a@1"], to: ["npx", "a@2"] },
    env: { added: ["AWS_SECRET"], removed: [] },
    origins: { added: ["https://two"], removed: ["https://one"] },
    warnings: ["It now comes from another repository than the installed version"],
  });
  const same = { ...changed, package: { type: "npm", identifier: "a", version: "1", integrity: "y" } };
  expect(updateDiff(record, same, "7").warnings[0]).toContain("its hash is another");
  expect(toolChanges({ a: "1", b: "1" }, { b: "2", c: "1" })).toEqual({ added: ["c"], removed: ["a"], changed: ["b"] });
});

test("C16 whatever a person gives reaches the program as exactly that, and nothing is filled in or run", async () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "$", "{", "}", "cmd: id", "${", "$(", "`", ";", "\\", "'", '"', " ", "/"),
    minLength: 1,
  });
  const all: Asks = new Map();
  const local: LocalLaunch = {
    ...launch,
    args: [
      argumentTemplate({ type: "named", name: "--x", valueHint: "x" }, all),
      argumentTemplate({ type: "positional", valueHint: "y", isRepeated: true }, all),
    ],
    env: { E: keyValueTemplate({ name: "E" }, "env", all) },
  };
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { minLength: 1, maxLength: 3 }), text, async (x, y, e) => {
      const answers = checkInputs([...all.values()], { x, y, E: e }, { home: "/home/ana", secrets: {} });
      const { servers } = parseLayer(JSON.stringify({ mcpServers: { s: entryOf(local, answers) } }), "c");
      const expanded = await expandServer(servers.get("s")!, {
        runtime: { env: {}, host: { cwd: "/", home: "/", platform: "linux" } as never },
        inputs: [],
        run: () => Promise.reject(new Error("a command was run")),
        secret: async (_, name) => sealedOf(answers).get(name),
      });
      const flat = x === "true" || x === "false" ? [] : ["--x", x];
      expect(expanded).toMatchObject({ command: "npx", args: ["-y", "@ana/files@1.0.0", ...flat, ...y], env: { E: e } });
      expect(argvOf(local, answers)).toHaveLength(3 + flat.length + y.length);
    }),
  );
});

test.each<[Partial<Ask>, string]>([
  [{ choices: ["a", "b"] }, "c"],
  [{ kind: "number" }, "1; id"],
  [{ kind: "boolean" }, "yes"],
  [{ kind: "filepath" }, "../x"],
  [{ place: "argument" }, "--evil"],
  [{ place: "argument" }, "a\0b"],
  [{ place: "header" }, "a\r\nX: y"],
  [{ place: "env" }, "a\0b"],
])("an input that is %j does not take %j", (more, value) => {
  const ask: Ask = { key: "k", required: true, secret: false, kind: "string", repeated: false, place: "env", ...more };
  expect(() => checkInputs([ask], { k: value }, { home: "/", secrets: {} })).toThrow(HubError);
});

test("whatever comes, an installation is enabled only by consent, inputs, start and list in this order, and undone once written", () => {
  const input = fc.oneof(
    fc.constantFrom<InstallInput>(
      { type: "inputs" },
      { type: "written" },
      { type: "started" },
      { type: "enabled" },
      { type: "failed" },
      { type: "listed", hold: false },
    ),
    fc.constantFrom<InstallInput>({ type: "consent", given: "a", expected: "a" }, { type: "consent", given: undefined, expected: "a" }),
  );
  const path: InstallState[] = ["planned", "consented", "ready", "written", "started", "listed", "enabled"];
  fc.assert(
    fc.property(fc.array(input, { maxLength: 30 }), (inputs) => {
      let state: InstallState = "planned";
      for (const one of inputs) {
        const next = installStep(state, one);
        if (next.state !== state && next.state !== "undone") expect(path.indexOf(next.state)).toBe(path.indexOf(state) + 1);
        if (one.type === "failed" && ["written", "started", "listed"].includes(state))
          expect(next).toEqual({ state: "undone", effect: "undo" });
        state = next.state;
      }
    }),
  );
});
