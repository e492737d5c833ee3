import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { expandServer, type ExpandContext, type ExpandedLocal, type ExpandedRemote } from "./interpolate.ts";
import { parseLayer } from "./layer.ts";
import type { InputDefinition } from "./schema.ts";

type Entry = Record<string, unknown>;

interface World {
  readonly env?: Record<string, string>;
  readonly hubEnv?: unknown;
  readonly inputs?: readonly InputDefinition[];
  readonly input?: ExpandContext["input"];
  readonly run?: ExpandContext["run"];
  readonly secret?: ExpandContext["secret"];
}

const echo = async (command: string) => `ran(${command})\n`;

function serverOf(entry: Entry) {
  const { servers, problems } = parseLayer(JSON.stringify({ mcpServers: { s: entry } }), "c.json5");
  expect(problems).toEqual([]);
  return servers.get("s")!;
}

async function expand(entry: Entry, { env = {}, hubEnv, inputs = [], input, run = echo, secret }: World = {}) {
  const runtime = fakeRuntime({
    env: { ...env, ...(hubEnv !== undefined && { MCP_HUB_ENV: typeof hubEnv === "string" ? hubEnv : JSON.stringify(hubEnv) }) },
  });
  return expandServer(serverOf(entry), { runtime, inputs, input, run, secret });
}

const local = async (entry: Entry, world?: World) => (await expand({ command: "run", ...entry }, world)) as ExpandedLocal;
const remote = async (entry: Entry, world?: World) => (await expand({ url: "https://x.test", ...entry }, world)) as ExpandedRemote;
const arg = async (text: string, world?: World) => (await local({ args: [text] }, world)).args[0]!;

async function failure(entry: Entry, world?: World): Promise<HubError> {
  const error = await expand({ command: "run", ...entry }, world).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

describe("what a placeholder means", () => {
  test.each<[string, string, World]>([
    ["${workspaceFolder}", "/work", {}],
    ["${cwd}", "/work", {}],
    ["${workspaceFolderBasename}", "work", {}],
    ["${userHome}", "/home/ana", {}],
    ["${pathSeparator}", "/", {}],
    ["a${/}b", "a/b", {}],
    ["${cwd}", "/elsewhere", { env: { cwd: "/elsewhere" } }],
    ["${A}", "process", { env: { A: "process" } }],
    ["${A}", "hub", { env: { A: "process" }, hubEnv: { A: "hub" } }],
    ["<${A}>", "<>", { env: { A: "" } }],
    ["${a b:c}", "odd", { env: { "a b:c": "odd" } }],
    ["${env:A}", "1", { env: { A: "1" } }],
    ["${env:input:k}", "v", { hubEnv: { "input:k": "v" } }],
    ["${input:k}", "v", { hubEnv: { "input:k": "v" } }],
    ["${cmd: date}", "ran(date)", {}],
    ["${cmd:date}", "ran(date)", {}],
    ["${cmd: echo $A}", "ran(echo $A)", { env: { A: "1" } }],
    ["${cmd: x ${A}}", "ran(x 1)", { env: { A: "1" } }],
    ["${cmd: echo {a,b} x}", "ran(echo {a,b) x}", {}],
    ["${${NAME}}", "deep", { env: { NAME: "A", A: "deep" } }],
    ["${A_${ENV}}", "deep", { env: { ENV: "dev", A_dev: "deep" } }],
    ["${A", "${A", { env: { A: "1" } }],
    ["${A} ${B ${A}", "1 ${B ${A}", { env: { A: "1" } }],
    ["${A}", "${B} ${cmd: x}", { env: { A: "${B} ${cmd: x}", B: "no" } }],
    ["$A/b", "whole", { env: { "A/b": "whole" } }],
    ["$E", "$E", { env: { E: "" } }],
    ["x$A", "x$A", { env: { A: "1" } }],
    ["$", "$", {}],
  ])("%j is %j", async (text, expected, world) => {
    expect(await arg(text, world)).toBe(expected);
  });

  test.each<[string, World, string]>([
    ["${ A }", { env: { A: "1" } }, "count as part of the name"],
    ["${A}", {}, "Set it in the environment"],
    ["${}", {}, "Write a name"],
    ["${NAME:-default}", { env: { NAME: "1" } }, "no default syntax"],
    ["${input:api-key}", {}, "HUBCTL_INPUT_API_KEY"],
    ["${constructor}", {}, "Set it in the environment"],
    ["${__proto__}", {}, "Set it in the environment"],
    ["$GONE", {}, "Set it in the environment"],
    ["${cmd: echo ${GONE}}", {}, "Set it in the environment"],
    ["${cmd: true}", { run: async () => " \n" }, "Try the command"],
    ["${".repeat(11) + "A" + "}".repeat(11), {}, "env entries of their own"],
  ])("%j cannot be filled in", async (text, world, hint) => {
    const error = await failure({ args: ["ok", text] }, world);
    expect(error.code).toBe("VALIDATION");
    expect(error.message).toContain("The configuration of s cannot be filled in: args[1]: ");
    expect(error.hint).toContain(hint);
  });

  test("a failing command says why, and nothing of the values it was given", async () => {
    const run = async () => {
      throw new HubError("TIMEOUT", "it took more than 30 seconds");
    };
    const error = await failure({ args: ["${cmd: login ${PASSWORD}}"] }, { env: { PASSWORD: "hunter2" }, run });
    expect(error.message).toContain("the command of ${cmd: login ${PASSWORD}} failed: it took more than 30 seconds");
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test("only the configuration itself can ask for a command", async () => {
    const error = await failure({ args: ["${${A}}"] }, { env: { A: "cmd: rm" }, run: () => Promise.reject(new Error("was run")) });
    expect(error.message).toContain("${${A}} is not set");
    expect((await failure({ args: ["$cmd: rm"] })).message).toContain("$cmd: rm is not set");
  });
});

describe("the fields of a server", () => {
  test("every text field of a local server is filled in, env first", async () => {
    const server = await local(
      { command: "${BIN}/x", args: ["--in=${DIR}"], cwd: "${DIR}", env: { DIR: "${cwd}/d", N: 8080, ON: true, LIST: [1] } },
      { env: { BIN: "/bin", DIR: "outer" } },
    );
    expect(server).toMatchObject({
      command: "/bin/x",
      args: ["--in=/work/d"],
      cwd: "/work/d",
      env: { DIR: "/work/d", N: "8080", ON: "true", LIST: "[1]" },
    });
  });

  test("a remote server's url, even its scheme, and headers", async () => {
    const server = await remote(
      { url: "${BASE}/mcp", headers: { Authorization: "Bearer ${T}", "X-N": 5 }, env: { T: "t0" } },
      { env: { BASE: "https://h.test" } },
    );
    expect(server).toMatchObject({ url: "https://h.test/mcp", headers: { Authorization: "Bearer t0", "X-N": "5" } });
  });

  test("a url is checked once it is whole, and not shown", async () => {
    const error = await expand({ url: "${BASE}/mcp" }, { env: { BASE: "ftp://user:secret@h" } }).catch(
      (cause: unknown) => cause as HubError,
    );
    expect(error).toMatchObject({ code: "VALIDATION", details: { server: "s" } });
    expect((error as HubError).message).not.toContain("secret");
  });

  test("MCP_HUB_ENV reaches every server, whose own env wins", async () => {
    const { env } = await local({ env: { A: "own" } }, { hubEnv: { A: "hub", B: 1, "input:k": "v", GONE: null } });
    expect(env).toEqual({ A: "own", B: "1", "input:k": "v" });
  });

  test.each(["{", "[1]", "null", '"x"', "5"])("MCP_HUB_ENV %j is ignored with a warning", async (hubEnv) => {
    const { env, warnings } = await local({}, { hubEnv });
    expect(env).toEqual({});
    expect(warnings).toEqual(["MCP_HUB_ENV is ignored: it is not a JSON object"]);
  });

  test("the legacy form of an argument is warned of", async () => {
    expect((await local({ args: ["$A"] }, { env: { A: "1" } })).warnings).toEqual(["args: $A is an old form; write ${A}"]);
  });

  test("all that is missing is said at once", async () => {
    const error = await failure({ command: "${C}", args: ["${A}", "${A}${B}"], cwd: "${D}", env: { E: "${X}" } });
    expect(error.details?.["unresolved"]).toEqual(["X", "A", "B", "C", "D"]);
    expect(error.message).toBe(
      "The configuration of s cannot be filled in: env.E: ${X} is not set; args[0]: ${A} is not set; args[1]: ${A} is not set; " +
        "args[1]: ${B} is not set; command: ${C} is not set; cwd: ${D} is not set",
    );
  });
});

describe("env entries", () => {
  test.each<[string, Entry, Record<string, string>, Record<string, string>]>([
    ["see each other, forwards", { X: "1", Y: "${X}" }, {}, { X: "1", Y: "1" }],
    ["see each other, backwards", { Y: "${X}${Z}", X: "1", Z: "${X}2" }, {}, { Y: "112", X: "1", Z: "12" }],
    ["see each other before the outside", { Y: "${X}", X: "own" }, { X: "outer" }, { Y: "own", X: "own" }],
    ["mean the outside by their own name", { PATH: "${PATH}:/x" }, { PATH: "/bin" }, { PATH: "/bin:/x" }],
    [
      "mean it also when another asks for them",
      { ALL: "${PATH}", PATH: "${PATH}:/x" },
      { PATH: "/bin" },
      { ALL: "/bin:/x", PATH: "/bin:/x" },
    ],
    ["take the outer value for null", { A: null }, { A: "1" }, { A: "1" }],
    ["take the outer value for nothing", { A: "" }, { A: "1" }, { A: "1" }],
    ["take an outer value that is empty", { A: "" }, { A: "" }, { A: "" }],
    ["run no legacy command", { A: "$: date" }, {}, { A: "$: date" }],
  ])("%s", async (_, env, outer, expected) => {
    expect((await local({ env }, { env: outer })).env).toEqual(expected);
  });

  test("null takes a value of MCP_HUB_ENV first", async () => {
    expect((await local({ env: { A: null } }, { env: { A: "process" }, hubEnv: { A: "hub" } })).env).toEqual({ A: "hub" });
  });

  test.each<[Entry, string]>([
    [{ A: "${B}", B: "${A}" }, "A → B → A"],
    [{ X: "${A}", A: "${B}", B: "${C}", C: "${A}" }, "A → B → C → A"],
  ])("a circle is named: %j", async (env, circle) => {
    const error = await failure({ env }, { env: { A: "outer", B: "outer" } });
    expect(error.message.match(/in a circle: [^;]*/g)).toEqual([`in a circle: ${circle}`]);
  });

  test("an entry that fails is told once, not again by those that use it", async () => {
    const error = await failure({ env: { A: "${GONE}", B: "${A}", C: null }, args: ["${B}"] });
    expect(error.details?.["issues"]).toEqual([
      { field: "env.A", name: "GONE", message: "${GONE} is not set" },
      { field: "env.C", name: "C", message: "it takes C from the hub's environment, where that is not set" },
    ]);
  });

  test("an unset entry that names itself is not a circle", async () => {
    expect((await failure({ env: { Z: "${Z}" } })).message).toContain("env.Z: ${Z} is not set");
  });
});

describe("inputs", () => {
  const inputs = [{ id: "api-key", type: "promptString" as const, password: true, default: "fallback" }];

  test.each<[string, World]>([
    ["hub", { hubEnv: { "input:api-key": "hub" }, env: { HUBCTL_INPUT_API_KEY: "variable" }, input: async () => "asked" }],
    ["variable", { env: { HUBCTL_INPUT_API_KEY: "variable" }, input: async () => "asked" }],
    ["asked", { input: async (id) => (id === "api-key" ? "asked" : undefined) }],
    ["fallback", { input: async () => undefined }],
    ["fallback", {}],
  ])("%s", async (expected, world) => {
    expect(await arg("${input:api-key}", { ...world, inputs })).toBe(expected);
  });
});

describe("secrets", () => {
  const kept: Record<string, string> = { "s/KEY": "${cmd: hunter2}" };
  const secret: ExpandContext["secret"] = async (server, name) => kept[`${server}/${name}`];

  test("${secret:NAME} is the server's own secret, taken as it is", async () => {
    expect((await local({ env: { TOKEN: "Bearer ${secret:KEY}" } }, { secret })).env).toEqual({ TOKEN: "Bearer ${cmd: hunter2}" });
    expect((await remote({ headers: { A: "${secret:KEY}" } }, { secret })).headers).toEqual({ A: "${cmd: hunter2}" });
  });

  test("no variable stands in for one, and one that is missing is said by its name", async () => {
    const error = await failure({ args: ["${secret:OTHER}"] }, { secret, env: { "secret:OTHER": "x" } });
    expect(error.message).toContain("${secret:OTHER} is not set");
    expect(error.hint).toContain("Install the server again");
  });
});

test("whatever a configuration says, filling it in succeeds or throws a HubError", async () => {
  const text = fc
    .array(fc.constantFrom("${", "}", "A", "B", "env:", "input:", "cmd:", "$", " ", ":-", "x"), { maxLength: 14 })
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom("A", "B", "C"), text), fc.array(text, { maxLength: 3 }), async (env, args) => {
      try {
        const { args: filled } = await local({ env, args }, { env: { A: "${B}" } });
        expect(filled).toHaveLength(args.length);
        for (const [index, written] of args.entries()) if (!written.includes("$")) expect(filled[index]).toBe(written);
      } catch (cause) {
        if (!(cause instanceof HubError)) throw cause;
        expect(cause.code).toBe("VALIDATION");
      }
    }),
  );
});
