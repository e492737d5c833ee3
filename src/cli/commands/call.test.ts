import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";
import { fakeFiles } from "../../../tests/support/fake-runtime.ts";

const tool = {
  id: "slack.messages.post",
  description: "Post a message.\u001b[2J",
  inputSchema: {
    type: "object",
    properties: {
      channel: { type: "string", description: "Channel to post to" },
      text: { type: "string", description: "What to say" },
      json: { type: "boolean" },
    },
    required: ["channel", "text"],
  },
};

type Content = { content: unknown[]; structuredContent?: unknown; isError?: boolean };
const text = (...texts: string[]): Content => ({ content: texts.map((one) => ({ type: "text", text: one })) });

const hub = (result: Content = text("posted"), rest: CliOptions = {}): CliOptions => ({
  answers: { "tools.show": () => tool, "tools.call": () => result },
  ...rest,
});
const post = ["call", "slack.messages.post", "--channel", "C1", "--text", "hi"];

describe("arguments", () => {
  test("flags before the tool are hubctl's, those after it the tool's", async () => {
    const { calls, out, code } = await cli(
      ["call", "--timeout", "30s", "--json", "slack.messages.post", "--json", "--channel=C1", "text=hi"],
      hub(),
    );
    expect(calls.at(-1)).toEqual({
      operation: "tools.call",
      input: { id: "slack.messages.post", arguments: { json: true, channel: "C1", text: "hi" }, timeoutMs: 30_000 },
    });
    expect({ code, answer: JSON.parse(out) as unknown }).toEqual({
      code: 0,
      answer: { ok: true, content: [{ type: "text", text: "posted" }], structured: null, isError: false, meta: { ms: 0 } },
    });
  });

  test("standard input and files", async () => {
    const runtime = { files: fakeFiles({ "notes.md": "# hi\n" }) };
    expect((await cli(["call", "slack.messages.post", "-"], hub(text("ok"), { stdin: '{"channel":"C1","text":"x"}' }))).code).toBe(0);
    const { calls } = await cli(["call", "slack.messages.post", "channel=C1", "text=@notes.md"], hub(text("ok"), { runtime }));
    expect(calls.at(-1)?.input).toMatchObject({ arguments: { text: "# hi\n" } });
    const missing = await cli(["call", "slack.messages.post", "channel=C1", "text=@nope.md"], hub(text("ok"), { runtime }));
    expect(missing).toMatchObject({ code: 2, err: "error: There is no file nope.md\nhint: Write @@ for a value that begins with @\n" });
  });

  test("missing arguments: one line each, then a line that works, and nothing is called", async () => {
    const { code, out, err, calls } = await cli(["call", "slack.messages.post"], hub());
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      [
        "error: slack.messages.post needs 2 more arguments:",
        "  channel <string>  Channel to post to",
        "  text <string>     What to say",
        "hint: For example: hubctl call slack.messages.post --channel channel --text text",
        "",
      ].join("\n"),
    );
    expect(calls.map(({ operation }) => operation)).toEqual(["tools.show"]);
  });

  test("a tool that is not there", async () => {
    const answers = {
      "tools.show": () => {
        throw new HubError("NOT_FOUND", "There is no tool slack.post", {
          hint: "Search with `hubctl tools search`",
          details: { near: ["slack.messages.post"] },
        });
      },
    };
    const { code, err } = await cli(["call", "slack.post"], { answers });
    expect({ code, err }).toEqual({
      code: 4,
      err: "error: There is no tool slack.post\nhint: Did you mean slack.messages.post?\nhint: Search with `hubctl tools search`\n",
    });
  });

  test("--dry-run and --example call nothing", async () => {
    const dry = await cli(["call", "--dry-run", ...post.slice(1)], hub());
    expect(dry.out).toBe('{"tool":"slack.messages.post","arguments":{"channel":"C1","text":"hi"}}\n');
    const example = await cli(["call", "--example", "slack.messages.post"], hub());
    expect(example.out).toBe("hubctl call slack.messages.post --channel channel --text text\n");
    for (const { calls } of [dry, example]) expect(calls.map(({ operation }) => operation)).toEqual(["tools.show"]);
  });

  test("--help after the tool is about the tool", async () => {
    const { out } = await cli(["call", "slack.messages.post", "--help"], hub());
    expect(out).toStartWith("Post a message.\n\nExample\n  hubctl call slack.messages.post --channel channel --text text\n");
    expect(out).toContain("--channel <string>  Channel to post to (required)");
    expect(out).not.toContain("\u001b");
  });

  test("a tool's own --json asks for no JSON error, hubctl's does", async () => {
    const failing = { answers: { "tools.show": () => Promise.reject(new HubError("NOT_FOUND", "There is no tool a.b")) } };
    expect((await cli(["call", "--timeout", "1.5m", "a.b", "--json"], failing)).err).toBe("error: There is no tool a.b\n");
    expect((await cli(["call", "--timeout", "1.5m", "--json", "a.b"], failing)).err).toStartWith('{"error":');
    expect((await cli(["call", "--timeout", "3s", "--help"], failing)).out).toContain("Usage\n  hubctl call");
  });

  test("call without a tool", async () => {
    expect(await cli(["call"], hub())).toMatchObject({ code: 2, err: expect.stringContaining("Missing <tool>") });
    expect(await cli(["call", "--tmeout=3", "x.y"], hub())).toMatchObject({
      code: 2,
      err: "error: Unknown flag --tmeout\nhint: Did you mean --timeout?\n",
    });
    expect(await cli(["call", "--timeout=soon", "x.y"], hub())).toMatchObject({
      code: 2,
      err: expect.stringContaining("--timeout takes a duration"),
    });
  });
});

describe("results", () => {
  test("text goes into a pipe byte for byte, and to a terminal without its control sequences", async () => {
    const hostile = text("a\u001b]0;title\u0007\u001b[31mb\r\n", "no end");
    expect((await cli(post, hub(hostile))).out).toBe("a\u001b]0;title\u0007\u001b[31mb\r\nno end\n");
    expect((await cli(post, hub(hostile, { isTTY: true }))).out).toBe("ab\nno end\n");
  });

  test("structured content is printed once, on one line in a pipe and indented on a terminal", async () => {
    const result = { ...text('{"ok": true}'), structuredContent: { ok: true } };
    expect((await cli(post, hub(result))).out).toBe('{"ok":true}\n');
    expect((await cli(post, hub(result, { isTTY: true }))).out).toBe('{\n  "ok": true\n}\n');
    expect((await cli(post, hub({ ...text("Posted to general"), structuredContent: { ok: true } }))).out).toBe("Posted to general\n");
  });

  test("a tool's failure is on stderr and exits with 7; --json keeps it on stdout", async () => {
    const failed = { ...text("channel_not_found"), isError: true };
    expect(await cli(post, hub(failed))).toMatchObject({ code: 7, out: "", err: "channel_not_found\n" });
    const json = await cli(["--json", ...post], hub(failed));
    expect({ code: json.code, ok: (JSON.parse(json.out) as { ok: boolean }).ok, err: json.err }).toEqual({ code: 7, ok: false, err: "" });
  });

  test("links, embedded resources and unknown blocks", async () => {
    const content = [
      { type: "resource_link", uri: "file:///a.md", name: "a.md" },
      { type: "resource", resource: { uri: "file:///b.md", text: "inside" } },
      { type: "novelty", x: 1 },
    ];
    expect((await cli(post, hub({ content }))).out).toBe('a.md  file:///a.md\ninside\n{"type":"novelty","x":1}\n');
  });

  test("images go to --output under a name of ours, or a notice says how", async () => {
    const content = [{ type: "image", data: "iVBORw0KGgo=", mimeType: "image/png", name: "../../evil" }];
    const saved: unknown[] = [];
    const disk: CliOptions["disk"] = {
      saveNew: async (directory, file) => (saved.push([directory, file.stem, file.extension, file.bytes.length]), `${directory}/x.png`),
    };
    const without = await cli(post, hub({ content }));
    expect({ out: without.out, err: without.err }).toEqual({
      out: "",
      err: "image (image/png, 8 B) is not shown; add --output DIR before the tool to save it\n",
    });
    const { err } = await cli(["call", "-o", "shots", ...post.slice(1)], hub({ content }, { disk }));
    expect(saved).toEqual([["shots", "slack.messages.post-1", "png", 8]]);
    expect(err).toBe("image (image/png, 8 B) saved as shots/x.png\n");
  });

  test("Ctrl-C cancels the call upstream and exits with 130, --json says so on stderr", async () => {
    let interrupt = () => {};
    let cancelled = false;
    const answers: CliOptions["answers"] = {
      "tools.show": () => tool,
      "tools.call": (_, { signal }) => {
        signal?.addEventListener("abort", () => (cancelled = true));
        interrupt();
        signal?.throwIfAborted();
      },
    };
    const { code, out, err } = await cli(["--json", ...post], { answers, prepare: (terminal) => (interrupt = terminal.interrupt) });
    expect({ code, out, cancelled, error: JSON.parse(err) as unknown }).toEqual({
      code: 130,
      out: "",
      cancelled: true,
      error: { error: { code: "CANCELLED", message: "Stopped by SIGINT", retryable: false } },
    });
  });
});
