import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { cli, type CliOptions } from "../../tests/support/cli-driver.ts";
import type { OperationEntry } from "./operation-manifest.ts";

const entry = (name: string, rest: Partial<OperationEntry> & Pick<OperationEntry, "input">): OperationEntry => {
  const [area = "", verb = ""] = name.split(".");
  return {
    name,
    area,
    verb,
    summary: `The summary of ${name}`,
    http: { method: "GET", path: "/x" },
    scope: "servers:read",
    audit: "none",
    ...rest,
  };
};

const manifest: readonly OperationEntry[] = [
  entry("servers.list", {
    input: {
      type: "object",
      properties: {
        state: { type: "string", enum: ["ready", "failed"], description: "Only servers in this state" },
        limit: { type: "integer", minimum: 1, default: 100, description: "Most rows" },
        cursor: { type: "string" },
      },
    },
  }),
  entry("servers.restart", {
    input: {
      type: "object",
      properties: { name: { type: "string", description: "Server name" }, force: { type: "boolean", default: false } },
      required: ["name"],
    },
    positional: ["name"],
  }),
  entry("servers.addMany", {
    input: {
      type: "object",
      properties: { url: { type: "string" }, tags: { type: "array", items: { type: "string" } }, env: { type: "object" } },
      required: ["url"],
    },
  }),
];

const now = 1_763_700_000_000;
const servers = [
  { name: "github", state: "ready", transport: "stdio", since: now - 60_000, restarts: 0, counts: { tools: 12 } },
  {
    name: "sentry",
    state: "failed",
    transport: "http",
    since: now - 3_600_000,
    restarts: 5,
    counts: { tools: 0 },
    error: "no\ttoken\u001b[31m red",
  },
];
const list: CliOptions = { manifest, answers: { "servers.list": () => ({ items: servers }) } };

describe("input", () => {
  test("flags and words become the operation's input, decoded by its schema", async () => {
    const answers = { "servers.restart": () => ({ name: "007" }), "servers.list": () => ({ items: [] }), "servers.addMany": () => ({}) };
    const sent = async (...argv: string[]) => (await cli(argv, { manifest, answers })).calls;
    expect(await sent("servers", "restart", "007", "--force")).toEqual([
      { operation: "servers.restart", input: { name: "007", force: true } },
    ]);
    expect(await sent("servers", "restart", "--name", "github", "--no-force")).toEqual([
      { operation: "servers.restart", input: { name: "github", force: false } },
    ]);
    expect(await sent("servers", "list", "--limit", "5", "--state=ready")).toEqual([
      { operation: "servers.list", input: { limit: 5, state: "ready" } },
    ]);
  });

  test("verbs may be typed in kebab case, and own flags win over global ones", async () => {
    const { calls } = await cli(["servers", "add-many", "--url=http://x", "--tags", "a", "--tags", "b", "--env", '{"A":"1"}'], {
      manifest,
      answers: { "servers.addMany": () => ({}) },
    });
    expect(calls).toEqual([{ operation: "servers.addMany", input: { url: "http://x", tags: ["a", "b"], env: { A: "1" } } }]);
  });

  test("global flags stand before or after the command, and never reach the operation", async () => {
    expect((await cli(["--json", "servers", "list"], list)).out).toBe((await cli(["servers", "list", "--json"], list)).out);
    expect((await cli(["servers", "list", "--json"], list)).calls).toEqual([{ operation: "servers.list", input: {} }]);
  });
});

describe("mistakes", () => {
  const err = async (...argv: string[]) => {
    const { code, err, out, calls } = await cli(argv, { manifest });
    expect({ code, out, calls }).toEqual({ code: 2, out: "", calls: [] });
    return err;
  };

  test("unknown commands and flags name the nearest", async () => {
    expect(await err("server")).toBe("error: There is no command hubctl server\nhint: Did you mean `hubctl servers`?\n");
    expect(await err("servers", "restrat", "x")).toBe(
      "error: There is no command hubctl servers restrat\nhint: Did you mean `hubctl servers restart`?\n",
    );
    expect(await err("servers", "list", "--stat", "ready")).toBe("error: Unknown flag --stat\nhint: Did you mean --state?\n");
    expect(await err("constructor")).toStartWith("error: There is no command hubctl constructor\n");
  });

  test("a missing word is named", async () => {
    expect(await err("servers", "restart")).toBe("error: Missing <name>\n  <name>  Server name\nhint: Add --help to see an example\n");
  });

  test("with --json an error is one line on stderr", async () => {
    expect(JSON.parse(await err("servers", "list", "--json", "--limit=x"))).toEqual({
      error: { code: "VALIDATION", message: '--limit takes a whole number, not "x"', retryable: false },
    });
  });

  test("a hub's error keeps its exit code, hint and near names", async () => {
    const answers = {
      "servers.restart": () => {
        throw new HubError("NOT_FOUND", "There is no server githbu", { details: { near: ["github"] } });
      },
    };
    const { code, err } = await cli(["servers", "restart", "githbu"], { manifest, answers });
    expect({ code, err }).toEqual({ code: 4, err: "error: There is no server githbu\nhint: Did you mean github?\n" });
  });
});

describe("output", () => {
  test("a pipe gets tab-separated rows without header, times in RFC 3339, no control characters", async () => {
    const { out, code } = await cli(["servers", "list"], list);
    expect(code).toBe(0);
    expect(out).toBe(
      "github\tready\tstdio\t12\t0\t2025-11-21T04:39:00.000Z\t\nsentry\tfailed\thttp\t0\t5\t2025-11-21T03:40:00.000Z\tno token red\n",
    );
  });

  test("a terminal gets a table", async () => {
    const { out } = await cli(["servers", "list"], { ...list, isTTY: true });
    expect(out).toBe(
      [
        "NAME    STATE   TRANSPORT  TOOLS  RESTARTS  SINCE    ERROR",
        "github  ready   stdio      12     0         1 m ago",
        "sentry  failed  http       0      5         1 h ago  no token red",
        "",
      ].join("\n"),
    );
  });

  test("a table fits 20 columns", async () => {
    const { out } = await cli(["servers", "list"], { ...list, isTTY: true, columns: 20 });
    for (const line of out.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(20);
    expect(out).toContain("git…");
  });

  test("--json prints the answer as it is, --json=fields what was asked for", async () => {
    expect(JSON.parse((await cli(["servers", "list", "--json"], list)).out)).toEqual({ items: servers });
    expect(
      (
        await cli(["servers", "list", "--json=name,counts.tools,error"], {
          ...list,
          answers: { "servers.list": () => ({ items: servers.slice(0, 1) }) },
        })
      ).out,
    ).toBe('{"items":[{"name":"github","counts.tools":12,"error":null}]}\n');
  });

  test("more rows are announced on stderr", async () => {
    const { out, err } = await cli(["servers", "list"], {
      manifest,
      answers: { "servers.list": () => ({ items: servers, nextCursor: "sentry" }) },
    });
    expect(out).not.toContain("cursor");
    expect(err).toBe("There are more: add --cursor=sentry\n");
  });

  test("progress is shown only to a person, and taken away again", async () => {
    const answers: CliOptions["answers"] = {
      "servers.restart": (_, { onProgress }) => {
        onProgress?.({ progress: 1, total: 2, message: "half" });
        return { name: "github" };
      },
    };
    expect((await cli(["servers", "restart", "github"], { manifest, answers })).err).toBe("");
    expect((await cli(["servers", "restart", "github"], { manifest, answers, isTTY: true })).err).toBe("\r\u001b[2K50 % half\r\u001b[2K");
  });
});

describe("help", () => {
  test("a command's help begins with an example and lists its flags", async () => {
    for (const argv of [
      ["servers", "restart", "--help"],
      ["help", "servers", "restart"],
      ["--help", "servers", "restart"],
    ]) {
      const { out, code } = await cli(argv, { manifest });
      expect(code).toBe(0);
      expect(out).toContain("Examples\n  hubctl servers restart github\n");
      expect(out).toContain("hubctl servers restart <name> [flags]");
      expect(out).toMatch(/<name> +Server name \(required\)/);
      expect(out).toContain("Global flags");
    }
  });

  test("an area's help lists its commands", async () => {
    const { out, code } = await cli(["servers"], { manifest });
    expect(code).toBe(0);
    expect(out).toMatch(/servers restart <name> \[flags\] +The summary of servers.restart/);
    expect(out).toContain("servers add-many --url <string> [flags]");
  });
});

test("the reader of stdout may leave at any time", async () => {
  const { BrokenPipe } = await import("./terminal.ts");
  const write = (stream: string) => {
    if (stream === "stdout") throw new BrokenPipe();
  };
  expect(await cli(["servers", "list"], { ...list, write })).toMatchObject({ code: 0, err: "" });
});

test("the first Ctrl-C cancels the operation and exits with 130", async () => {
  let interrupt = () => {};
  const answers: CliOptions["answers"] = {
    "servers.list": (_, { signal }) => {
      interrupt();
      signal?.throwIfAborted();
    },
  };
  const { code, err } = await cli(["servers", "list"], { manifest, answers, prepare: (terminal) => (interrupt = terminal.interrupt) });
  expect({ code, err }).toEqual({ code: 130, err: "error: Stopped by SIGINT\n" });
});

describe("text to read", () => {
  const read = entry("resources.read", {
    input: { type: "object", properties: { uri: { type: "string" } }, required: ["uri"] },
    positional: ["uri"],
  });
  const get = entry("prompts.get", {
    input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    positional: ["id"],
  });
  const answers: CliOptions["answers"] = {
    "resources.read": () => ({
      contents: [
        { uri: "file:///a.md", text: "# A\n" },
        { uri: "file:///b.md", text: "b" },
      ],
    }),
    "prompts.get": () => ({ messages: [{ role: "user", content: { type: "text", text: "Review this" } }] }),
  };

  test("a resource is its text, a prompt its messages", async () => {
    expect((await cli(["resources", "read", "file:///a.md"], { manifest: [read], answers })).out).toBe("# A\nb\n");
    expect((await cli(["prompts", "get", "x.review"], { manifest: [get], answers })).out).toBe("user: Review this\n");
  });

  test("a tool is shown to a person as its help, to a pipe as data", async () => {
    const show = entry("tools.show", {
      input: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      positional: ["id"],
    });
    const tool = {
      id: "a.b",
      description: "Does it.",
      inputSchema: { type: "object", properties: { x: { type: "integer" } }, required: ["x"] },
    };
    const run = (isTTY: boolean) => cli(["tools", "show", "a.b"], { manifest: [show], isTTY, answers: { "tools.show": () => tool } });
    expect((await run(true)).out).toStartWith("Does it.\n\nExample\n  hubctl call a.b --x 1\n");
    expect((await run(false)).out).toStartWith("id\ta.b\ndescription\tDoes it.\n");
  });

  test("what is no text stays data", async () => {
    const blob = { "resources.read": () => ({ contents: [{ uri: "file:///a.png", blob: "AA==" }] }) };
    expect((await cli(["resources", "read", "file:///a.png"], { manifest: [read], answers: blob })).out).toBe(
      'contents\t[{"uri":"file:///a.png","blob":"AA=="}]\n',
    );
  });
});

test("the second Ctrl-C ends the process at once, whatever the operation does", async () => {
  let interrupt = () => {};
  const ended = Promise.withResolvers<unknown>();
  const answers: CliOptions["answers"] = {
    "servers.list": () => {
      interrupt();
      try {
        interrupt();
      } catch (cause) {
        ended.resolve((cause as Error).message);
      }
      return { items: [] };
    },
  };
  await cli(["servers", "list"], { manifest, answers, prepare: (terminal) => (interrupt = terminal.interrupt) });
  expect(await ended.promise).toBe("exit 130");
});
