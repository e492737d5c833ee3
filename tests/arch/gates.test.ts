import { expect, test } from "bun:test";
import { isTest, readFiles, sourceFile, type SourceFile } from "./source-tree.ts";

interface Gate {
  readonly what: string;
  readonly signs: RegExp;
  /** Globs of the files that may. */
  readonly only: readonly string[];
}

const realWorld = "src/hub/kernel/system-runtime.ts";
/** These speak to another hub of the same user on this machine, which is no way out. */
const ownHub = ["src/cli/connect.ts", "src/cli/commands/stdio.ts", "src/hub/gateway/{listening-hub,forward}.ts"];

/** The terminal hands itself to an editor or a clipboard program, as a shell would. */
const foreground = "src/cli/terminal.ts";

/** Each way out of the program, and the files it leads through. */
const gates: readonly Gate[] = [
  {
    what: "starts a process",
    signs: /\bspawn(Sync)?\(|\.spawn\b|\.startAgain\b|\bexecFile\(|\bfork\(/,
    only: [realWorld, "src/hub/gates/{spawn,guardian,successor}.ts", foreground],
  },
  {
    what: "fetches",
    signs: /(?<![\w.#])fetch\(|\b(runtime|globalThis|Bun)\.fetch\b|\bnew WebSocket\(/,
    only: [realWorld, "src/hub/gates/egress.ts", ...ownHub],
  },
  { what: "resolves a host name", signs: /\bruntime\.resolve\b/, only: [realWorld, "src/hub/gates/egress.ts"] },
  {
    what: "signals a process",
    signs: /\bhost\.kill\(|(?<![\w.#])process\.kill\(/,
    only: [realWorld, "src/hub/gates/{guardian,process-group,successor,follower}.ts"],
  },
  { what: "touches the process", signs: /(?<![\w.#])process\.[a-z]/, only: [realWorld, "src/cli/main.ts", "src/cli/terminal.ts"] },
  { what: "reads the real clock", signs: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, only: [realWorld] },
  { what: "waits in real time", signs: /\bset(Timeout|Interval)\(|\bBun\.sleep\b/, only: [realWorld] },
  { what: "takes randomness", signs: /\bMath\.random\b|\brandomUUID|\brandomBytes\(|\bgetRandomValues\b/, only: [realWorld] },
  { what: "prints", signs: /\bconsole\.[a-z]/, only: ["src/cli/main.ts", "src/cli/terminal.ts"] },
];

/** Modules that open a way out by themselves. */
const modules: Readonly<Record<string, readonly string[]>> = {
  "bun:sqlite": ["src/hub/store/*.ts"],
  pg: ["src/hub/store/*.ts"],
  "node:child_process": [realWorld],
  child_process: [],
  // Standard output is written synchronously before an exit; commands look at the disk and save what a tool made.
  "node:fs": [realWorld, "src/cli/terminal.ts", "src/cli/disk.ts"],
  // A socket is claimed with links and modes; an editor needs a file; a bundle is unpacked.
  "node:fs/promises": [
    realWorld,
    "src/cli/disk.ts",
    "src/hub/gateway/socket-file.ts",
    "src/hub/marketplace/disk.ts",
    "src/tui/terminal/external-editor.ts",
  ],
  // A hand-over sets options of a socket that Bun has no words for.
  "bun:ffi": ["src/hub/gateway/own-sockets.ts"],
  "node:dns": [],
  "node:dns/promises": [realWorld],
  "node:net": [],
  "node:http": [],
  "node:https": [],
};

const transpilers = { ts: new Bun.Transpiler({ loader: "ts" }), tsx: new Bun.Transpiler({ loader: "tsx" }) };

/** The code without comments and types, where words are free. */
const codeOf = ({ path, text }: SourceFile) => transpilers[path.endsWith("x") ? "tsx" : "ts"].transformSync(text);

const isIn = (path: string, globs: readonly string[]) => globs.some((glob) => new Bun.Glob(glob).match(path));

function leaks(file: SourceFile): string[] {
  const code = codeOf(file);
  return [
    ...gates.filter(({ signs, only }) => signs.test(code) && !isIn(file.path, only)).map(({ what }) => `${file.path} ${what}`),
    ...file.packages.filter((name) => name in modules && !isIn(file.path, modules[name]!)).map((name) => `${file.path} imports ${name}`),
  ];
}

test("the outside world is reached through the gates alone", async () => {
  const files = (await readFiles("src/**/*.{ts,tsx}")).filter((file) => !isTest(file));
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(leaks)).toEqual([]);
});

test("each gate closes", () => {
  const leak = (text: string, path = "src/hub/servers/a.ts") => leaks(sourceFile(path, text));
  expect(leak(`export const run = () => runtime.spawn(["sh"], { env: {} });`)).toEqual(["src/hub/servers/a.ts starts a process"]);
  expect(leak(`export const run = () => Bun.spawnSync(["sh"]);`)).toEqual(["src/hub/servers/a.ts starts a process"]);
  expect(leak(`const { spawn } = runtime;\nexport const run = () => spawn(["sh"], {});`)).toHaveLength(1);
  expect(leak(`export const again = (runtime) => runtime.startAgain({});`)).toEqual(["src/hub/servers/a.ts starts a process"]);
  expect(leak(`export const get = () => fetch("https://example.com");`)).toEqual(["src/hub/servers/a.ts fetches"]);
  expect(leak(`export const get = (runtime) => use(runtime.fetch);`)).toEqual(["src/hub/servers/a.ts fetches"]);
  expect(leak(`export const at = () => Date.now();`)).toEqual(["src/hub/servers/a.ts reads the real clock"]);
  expect(leak(`export const home = process.env["HOME"];`)).toEqual(["src/hub/servers/a.ts touches the process"]);
  expect(leak(`export const say = () => console.log("x");`)).toEqual(["src/hub/servers/a.ts prints"]);
  expect(leak(`export const later = (run) => setTimeout(run, 5);`)).toEqual(["src/hub/servers/a.ts waits in real time"]);
  expect(leak(`export const id = () => crypto.randomUUID();`)).toEqual(["src/hub/servers/a.ts takes randomness"]);
  expect(leak(`export const stop = (host) => host.kill(1, "SIGTERM");`)).toEqual(["src/hub/servers/a.ts signals a process"]);
  expect(leak(`import { Database } from "bun:sqlite";\nexport const db = new Database("x");`)).toEqual([
    "src/hub/servers/a.ts imports bun:sqlite",
  ]);
  expect(leak(`export const libc = async () => (await import("bun:ffi")).dlopen("libc.so.6", {});`)).toEqual([
    "src/hub/servers/a.ts imports bun:ffi",
  ]);
  expect(leak(`import { exec } from "node:child_process";\nexport const run = () => exec("x");`)).toEqual([
    "src/hub/servers/a.ts imports node:child_process",
  ]);
});

test("the gates themselves pass, and words in comments are free", () => {
  const leak = (path: string, text: string) => leaks(sourceFile(path, text));
  expect(leak("src/hub/gates/spawn.ts", `export const run = (runtime) => runtime.spawn(["sh"], { env: {} });`)).toEqual([]);
  expect(leak("src/hub/gates/egress.ts", `export const get = (runtime, url) => runtime.fetch(url);`)).toEqual([]);
  expect(leak("src/hub/servers/a.ts", `// Date.now() and console.log lie\nexport const a = 1;`)).toEqual([]);
  expect(leak("src/hub/servers/a.ts", `export const get = (egress, url) => egress.fetch(url);`)).toEqual([]);
});
