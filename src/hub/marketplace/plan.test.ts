import { expect, test } from "bun:test";
import { HubError } from "../kernel/errors.ts";
import { isDangerousVariable } from "../gates/child-env.ts";
import { checkInputs } from "./inputs.ts";
import { entryOf } from "./launch.ts";
import { preparePlan, type PlanDeps } from "./plan.ts";
import type { ToolOutput, Tools } from "./run-tool.ts";
import { listingKey, officialKey } from "./server-json.ts";

const sha512 = `sha512-${"a".repeat(86)}==`;
const digest = `sha256:${"b".repeat(64)}`;

interface World {
  readonly has?: readonly string[];
  readonly answer?: (argv: readonly string[]) => Partial<ToolOutput>;
  readonly inherited?: readonly string[];
  readonly index?: (url: string) => Response;
}

const npmView = (argv: readonly string[]): Partial<ToolOutput> => {
  const version = /@([^@]+)$/.exec(argv[2]!)![1]!;
  const dist = { integrity: sha512, tarball: "https://packages.example/x.tgz" };
  return { stdout: JSON.stringify({ name: "x", version: version === "latest" ? "3.2.1" : version, dist }) };
};

function world({ has = ["npx", "uvx", "docker"], answer = npmView, inherited = [], index }: World = {}) {
  const ran: (readonly string[])[] = [];
  const tools: Tools = {
    has: (command) => has.includes(command),
    inherited: (pattern) => inherited.filter((name) => pattern.test(name)),
    run: async (argv) => {
      ran.push(argv);
      return { code: 0, stdout: "", stderr: "", ...(argv[1] === "version" ? {} : answer(argv)) };
    },
  };
  const deps: PlanDeps = {
    tools,
    pypi: { index: undefined, fetch: async (url) => index?.(url) ?? new Response("", { status: 404 }) },
    download: () => Promise.reject(new Error("no downloads here")),
    isDangerousVariable,
    bundles: "/data/bundles",
    home: "/home/ana",
    platform: "linux",
  };
  return { deps, ran };
}

const npm = (more: object = {}) => ({
  registryType: "npm",
  identifier: "@ana/files",
  version: "1.0.0",
  transport: { type: "stdio" },
  ...more,
});

function planOf(server: object, given: World & { way?: string; status?: string; packageVersion?: string; source?: string } = {}) {
  const { deps, ran } = world(given);
  const entry = {
    server: { name: "io.github.ana/files", version: "1.0.0", description: "", ...server },
    _meta: {
      [officialKey]: { status: (given.status ?? "active") as "active", isLatest: true },
      ...(given.source !== undefined && { [listingKey]: { source: given.source } }),
    },
  };
  const plan = preparePlan(deps, { entry, way: given.way, packageVersion: given.packageVersion, server: "files", file: "/c.json5" });
  return Object.assign(plan, { ran });
}

async function refusal(server: object, given: Parameters<typeof planOf>[1] = {}): Promise<HubError> {
  const error: unknown = await planOf(server, given).then(
    ({ plan }) => plan.permissions,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

test("C9 an npm package is pinned to an exact version with the hash its registry gives", async () => {
  const { plan, launch } = await planOf({ packages: [npm({ version: undefined })] });
  expect(plan.package).toEqual({ type: "npm", identifier: "@ana/files", version: "3.2.1", integrity: sha512 });
  expect(plan.permissions).toMatchObject({
    argv: ["npx", "-y", "@ana/files@3.2.1"],
    origins: ["https://packages.example"],
    unrestricted: true,
  });
  expect(entryOf(launch, new Map())).toEqual({ command: "npx", args: ["-y", "@ana/files@3.2.1"] });
});

test("C9 the consent changes with version, hash, command and addresses, and with nothing else", async () => {
  const consent = async (server: object, given?: Parameters<typeof planOf>[1]) => (await planOf(server, given)).plan.consent;
  const base = await consent({ packages: [npm()] });
  expect(await consent({ packages: [npm()], description: "new words" })).toBe(base);
  const moved = (argv: readonly string[]) => ({ stdout: npmView(argv).stdout!.replace(sha512, `sha512-${"c".repeat(86)}==`) });
  for (const other of [
    await consent({ packages: [npm({ version: "1.0.1" })] }),
    await consent({ packages: [npm()] }, { answer: moved }),
    await consent({ packages: [npm({ packageArguments: [{ type: "positional", value: "--all" }] })] }),
    await consent({ packages: [npm({ environmentVariables: [{ name: "TOKEN" }] })] }),
  ])
    expect(other).not.toBe(base);
});

test("what this machine lacks is said before anything else", async () => {
  const error = await refusal(
    { packages: [{ ...npm(), registryType: "pypi" }, npm({ registryType: "oci", identifier: "ghcr.io/ana/files:1" })] },
    { has: ["npx"] },
  );
  expect(error.code).toBe("CONFLICT");
  expect(error.message).toContain("pypi: this machine has no uvx");
  expect(error.message).toContain("oci: this machine has no container engine");
  expect((await refusal({ packages: [npm()] }, { has: [] })).message).toContain("no npx");
  expect((await refusal({})).message).toContain("says of no way to install it");
});

test("the first way this machine can do is taken, and the others are named with what they lack", async () => {
  const { plan } = await planOf(
    { packages: [{ ...npm(), registryType: "pypi" }, npm()], remotes: [{ type: "sse", url: "https://x.example/sse" }] },
    { has: ["npx"] },
  );
  expect(plan.way).toBe("npm");
  expect(plan.ways).toEqual([
    { way: "pypi", problem: "this machine has no uvx; install uv" },
    { way: "npm", problem: undefined },
    { way: "remote", problem: undefined },
  ]);
});

test("a withdrawn version is not installed, a deprecated one is warned of, and so is a list that proves nothing", async () => {
  expect((await refusal({ packages: [npm()] }, { status: "deleted" })).code).toBe("FORBIDDEN");
  expect((await planOf({ packages: [npm()] }, { status: "deprecated" })).plan.warnings[0]).toContain("no longer recommends");
  expect((await planOf({ packages: [npm()] }, { source: "mcpm" })).plan.warnings[0]).toContain("nobody has proven");
});

const argument = (value: string) => ({ packages: [npm({ packageArguments: [{ type: "positional", value }] })] });

test.each(["a;rm -rf /", "x$(id)", "`id`", "a b 'c' \"d\"", "&& id", "{unknown}", "--flag", "|cat", "*", "..\\..", "%PATH%"])(
  "C16 %j of a publisher is one literal argument",
  async (value) => {
    const { launch } = await planOf(argument(value));
    expect(entryOf(launch, new Map())["args"]).toEqual(["-y", "@ana/files@1.0.0", value]);
  },
);

test.each(["a\nb", "a\0b", "\u001b[2J", "${cmd: id}", "x${HOME}", "$HOME", "$(id)", "a\u2028b"])(
  "C16 %j of a publisher is refused",
  async (value) => {
    for (const server of [
      argument(value),
      { packages: [npm({ packageArguments: [{ type: "named", name: "--x", value }] })] },
      { packages: [npm({ packageArguments: [{ type: "named", name: value, value: "x" }] })] },
      { packages: [npm({ packageArguments: [{ type: "named", name: "--x", default: value }] })] },
      { packages: [npm({ packageArguments: [{ type: "positional", value: "a{v}", variables: { v: { value } } }] })] },
      { packages: [npm({ environmentVariables: [{ name: "X", value }] })] },
      { remotes: [{ type: "streamable-http", url: "https://x.example/mcp", headers: [{ name: "X", value }] }] },
    ])
      expect((await refusal(server)).code).toBe("FORBIDDEN");
  },
);

test.each([
  { identifier: "https://evil.example/x.tgz" },
  { identifier: "git+ssh://x/y" },
  { identifier: "--registry=https://evil.example" },
  { identifier: "file:../x" },
  { identifier: "npm:other@1" },
  { version: "^1.0.0" },
  { version: "latest" },
  { version: "1.0.0 && id" },
  { runtimeArguments: [{ type: "named", name: "-c", value: "id" }] },
  { runtimeArguments: [{ type: "named", name: "--registry", value: "https://evil.example" }] },
  { runtimeArguments: [{ type: "positional", value: "other-package" }] },
  { environmentVariables: [{ name: "NODE_OPTIONS", value: "--require x" }] },
  { environmentVariables: [{ name: "LD_PRELOAD" }] },
  { environmentVariables: [{ name: "PATH" }] },
  { environmentVariables: [{ name: "A=B" }] },
  { environmentVariables: [{ name: "A\nB" }] },
])("C16 D3 an npm package with %j is refused", async (more) => {
  expect((await refusal({ packages: [npm(more)] })).code).toBe("FORBIDDEN");
});

const image = (more: object = {}) => ({ registryType: "oci", identifier: "ghcr.io/ana/files:1.2", transport: { type: "stdio" }, ...more });
const inspected = () => ({ stdout: `${digest}\n` });

test("an image is pinned to the digest behind its tag, and secrets go by the engine's environment", async () => {
  const { plan, launch } = await planOf(
    {
      packages: [
        image({
          environmentVariables: [{ name: "TOKEN", isSecret: true, isRequired: true }],
          runtimeArguments: [{ type: "named", name: "-v", value: "{dir}:/data", variables: { dir: { format: "filepath" } } }],
        }),
      ],
    },
    { answer: inspected, inherited: ["DOCKER_HOST"] },
  );
  expect(plan.permissions.argv).toEqual(["docker", "run", "-i", "--rm", "-e", "TOKEN", "-v", "{dir}:/data", `ghcr.io/ana/files@${digest}`]);
  expect(plan.package).toMatchObject({ version: "1.2", integrity: digest });
  const answers = checkInputs(
    (await planOf({ packages: [image({ environmentVariables: [{ name: "TOKEN", isSecret: true }] })] }, { answer: inspected })).asks,
    {},
    {
      home: "/home/ana",
      secrets: { TOKEN: "hunter2" },
    },
  );
  expect(JSON.stringify(entryOf(launch, answers))).not.toContain("hunter2");
  expect(entryOf(launch, answers)["env"]).toEqual({ DOCKER_HOST: "", TOKEN: "${secret:TOKEN}" });
});

test("an image whose digest nobody can say is warned of", async () => {
  const { plan } = await planOf({ packages: [image()] }, { answer: () => ({ code: 1 }) });
  expect(plan.warnings).toEqual(["ghcr.io/ana/files:1.2 could not be pinned: its tag may be moved to another image at any time"]);
});

test.each([
  { identifier: "--privileged" },
  { identifier: "ghcr.io/x y" },
  { runtimeArguments: [{ type: "named", name: "--privileged" }] },
  { runtimeArguments: [{ type: "named", name: "--cap-add", value: "ALL" }] },
  { runtimeArguments: [{ type: "named", name: "--network", value: "host" }] },
  { runtimeArguments: [{ type: "named", name: "-v", value: "/:/host" }] },
  { runtimeArguments: [{ type: "named", name: "-v", value: "~/.ssh:/keys" }] },
  { runtimeArguments: [{ type: "named", name: "--mount", value: "type=bind,src=/var/run/docker.sock,dst=/s" }] },
  { runtimeArguments: [{ type: "named", name: "-p", value: "80:80" }] },
  { runtimeArguments: [{ type: "positional", value: "alpine" }] },
])("D12 an image with %j is refused", async (more) => {
  expect((await refusal({ packages: [image(more)] }, { answer: inspected })).code).toBe("FORBIDDEN");
});

test("a container engine that does not answer is said", async () => {
  const { deps } = world();
  const tools = { ...deps.tools, run: async (): Promise<ToolOutput> => ({ code: 1, stdout: "", stderr: "cannot connect" }) };
  const entry = { server: { name: "a.b/c", version: "1", description: "", packages: [image()] } };
  const request = { entry, way: undefined, packageVersion: undefined, server: "c", file: "/c" };
  await expect(preparePlan({ ...deps, tools }, request)).rejects.toMatchObject({
    message: expect.stringContaining("its engine does not answer"),
  });
});

test("a remote server: address, headers and what they ask for", async () => {
  const { plan, launch, asks } = await planOf({
    remotes: [
      {
        type: "streamable-http",
        url: "https://example.com/mcp",
        headers: [{ name: "Authorization", value: "Bearer {token}", isSecret: true, variables: { token: { description: "A token" } } }],
      },
    ],
  });
  expect(plan.permissions).toEqual({
    url: "https://example.com/mcp",
    env: [],
    headers: ["Authorization"],
    origins: ["https://example.com"],
    unrestricted: false,
  });
  expect(plan.asks).toMatchObject([{ key: "token", secret: true, required: true }]);
  const answers = checkInputs(asks, {}, { home: "/", secrets: { token: "t" } });
  expect(entryOf(launch, answers)).toEqual({
    url: "https://example.com/mcp",
    type: "http",
    headers: { Authorization: "Bearer ${secret:token}" },
  });
});

test.each([
  "http://x.example/mcp",
  "https://{host}/mcp",
  "https://user:pass@x.example",
  "file:///etc/passwd",
  "https://{host}.evil.example/",
])("a remote server at %s is refused", async (url) => {
  expect((await refusal({ remotes: [{ type: "sse", url, variables: { host: {} } }] })).code).toBe("FORBIDDEN");
});

test("C9 a Python package is pinned by its index, whatever way its files are written", async () => {
  const files = [
    "My_Files-1.9.0-py3-none-any.whl",
    "my_files-1.10.0.tar.gz",
    "my_files-1.10.0-py3-none-any.whl",
    "my_files-2.0.0rc1.tar.gz",
  ].map((filename) => ({
    filename,
    url: `https://files.example/${filename}`,
    hashes: { sha256: "ab".repeat(32) },
  }));
  const page = { files, versions: ["1.9.0", "1.10.0", "2.0.0rc1"] };
  const asked: string[] = [];
  const index = (url: string) => {
    asked.push(url);
    return Response.json(page);
  };
  const { plan } = await planOf({ packages: [{ registryType: "pypi", identifier: "My.Files" }] }, { index });
  expect(plan.package).toMatchObject({ version: "1.10.0", integrity: `sha256-${Buffer.from("ab".repeat(32), "hex").toString("base64")}` });
  expect(plan.permissions.argv).toEqual(["uvx", "My.Files@1.10.0"]);
  expect(asked).toEqual(["https://pypi.org/simple/my-files/"]);
  for (const more of [
    { version: ">=1" },
    { identifier: "-r" },
    { identifier: "git+https://x" },
    { runtimeArguments: [{ type: "named", name: "--index-url", value: "https://evil.example" }] },
  ])
    expect((await refusal({ packages: [{ registryType: "pypi", identifier: "my-files", ...more }] }, { index })).code).toBe("FORBIDDEN");
  expect((await refusal({ packages: [{ registryType: "pypi", identifier: "my-files", version: "9.9" }] }, { index })).code).toBe(
    "NOT_FOUND",
  );
});

test("npm's own way of finding its registry goes with the server", async () => {
  const { plan, launch } = await planOf({ packages: [npm()] }, { inherited: ["npm_config_cache"] });
  expect(plan.permissions.env).toEqual(["npm_config_cache"]);
  expect(entryOf(launch, new Map())["env"]).toEqual({ npm_config_cache: "" });
});

test("a package that npm does not know, and an npm that cannot ask", async () => {
  const answer = (error: object | string) => () => ({ code: 1, stdout: typeof error === "string" ? error : JSON.stringify({ error }) });
  expect((await refusal({ packages: [npm()] }, { answer: answer({ code: "E404" }) })).code).toBe("NOT_FOUND");
  expect((await refusal({ packages: [npm()] }, { answer: answer({ code: "ENOTFOUND" }) })).code).toBe("UPSTREAM_UNAVAILABLE");
});
