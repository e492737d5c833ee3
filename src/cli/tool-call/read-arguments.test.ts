import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import type { JsonSchema } from "../json-schema.ts";
import { formatPath, parsePath, append, type Step } from "./argument-path.ts";
import { argumentTokens, commandLine, exampleArguments, quote } from "./command-line.ts";
import { readArguments, type ArgumentSources } from "./read-arguments.ts";
import { missingKeys } from "./tool-schema.ts";

const schema: JsonSchema = {
  type: "object",
  properties: {
    channel: { type: "string" },
    text: { type: ["string", "null"] },
    thread_ts: { type: "string" },
    replyCount: { type: "integer" },
    unfurl: { type: "boolean" },
    mode: { enum: ["full", "none"] },
    blocks: { type: "array", items: { type: "object", properties: { type: { type: "string" } }, additionalProperties: true } },
    labels: { type: "array", items: { type: "string" } },
    scores: { type: "array", items: { type: "number" } },
    metadata: { $ref: "#/$defs/Metadata" },
    users: { type: "array", items: { type: "object", properties: { id: { type: "string" }, age: { type: "integer" } } } },
    anything: {},
    union: { anyOf: [{ type: "string" }, { type: "number" }] },
    optional: { anyOf: [{ type: "integer" }, { type: "null" }] },
  },
  $defs: {
    Metadata: {
      type: "object",
      properties: {
        event_type: { type: "string" },
        event_payload: { type: "object", additionalProperties: true },
        parent: { $ref: "#/$defs/Metadata" },
      },
      required: ["event_type"],
    },
  },
  required: ["channel"],
};

const noSources: ArgumentSources = {
  file: () => Promise.reject(new Error("no file was expected")),
  stdin: () => Promise.reject(new Error("no stdin was expected")),
};
const read = (...tokens: string[]) => readArguments(tokens, { schema, sources: noSources });
const failure = async (...tokens: string[]) => {
  const cause: unknown = await read(...tokens).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (cause instanceof HubError && cause.code === "VALIDATION") return cause;
  throw new Error(`expected a VALIDATION error, not ${String(cause)}`);
};

describe("values", () => {
  test("the declared type decides, never the look", async () => {
    expect(await read("thread_ts=1763712370.123456", "channel=007", "text=true", "replyCount=3")).toEqual({
      thread_ts: "1763712370.123456",
      channel: "007",
      text: "true",
      replyCount: 3,
    });
    expect(await read("anything=1", "union=1", "optional=1")).toEqual({ anything: "1", union: "1", optional: 1 });
  });

  test(":= is JSON whatever is declared", async () => {
    expect(await read("anything:=1", "union:=[true]", "text:=null", '--mode:="none"')).toEqual({
      anything: 1,
      union: [true],
      text: null,
      mode: "none",
    });
  });

  test("flags take kebab or exact names, booleans stand alone", async () => {
    expect(await read("--thread-ts", "1", "--replyCount=2", "--reply-count", "2").catch((cause: HubError) => cause.message)).toBe(
      "replyCount was given twice",
    );
    expect(await read("--thread-ts", "1", "--reply-count", "2", "--unfurl", "--text=")).toEqual({
      thread_ts: "1",
      replyCount: 2,
      unfurl: true,
      text: "",
    });
    expect(await read("--no-unfurl")).toEqual({ unfurl: false });
    expect(await read("--unfurl=false")).toEqual({ unfurl: false });
  });

  test("a flag's value may begin with one dash, and is never a file", async () => {
    expect(await read("--text", "-5", "--channel", "@ana")).toEqual({ text: "-5", channel: "@ana" });
  });

  test("repeated arrays collect, nested names build objects", async () => {
    expect(
      await read("labels=a", "--labels", "b", "labels[]=c", "scores[]=1.5", "users[0].id=U1", "users[0].age=7", "users[].id=U2"),
    ).toEqual({
      labels: ["a", "b", "c"],
      scores: [1.5],
      users: [{ id: "U1", age: 7 }, { id: "U2" }],
    });
    expect(await read("metadata.event_payload.sha=9fceb02", "metadata.parent.event_type=x", "blocks[0].any.thing=1")).toEqual({
      metadata: { event_payload: { sha: "9fceb02" }, parent: { event_type: "x" } },
      blocks: [{ any: { thing: "1" } }],
    });
  });

  test("after -- nothing is a flag or a file", async () => {
    expect(await read("--", "text=@notes", "channel=--x")).toEqual({ text: "@notes", channel: "--x" });
  });

  test("files, standard input, and a literal @", async () => {
    const files: Record<string, string> = {
      "notes.md": "# Notes\n",
      "blocks.json": '[{"type":"divider"}]',
      "all.json": '{"channel":"C1","text":"old"}',
    };
    const sources: ArgumentSources = { file: async (path) => files[path]!, stdin: async () => '{"channel":"C2"}' };
    const from = (...tokens: string[]) => readArguments(tokens, { schema, sources });
    expect(await from("text=@notes.md", "blocks:=@blocks.json", "channel=@@ana")).toEqual({
      text: "# Notes\n",
      blocks: [{ type: "divider" }],
      channel: "@ana",
    });
    expect(await from("@all.json", "text=new")).toEqual({ channel: "C1", text: "new" });
    expect(await from("-")).toEqual({ channel: "C2" });
    expect(await from("text=@-")).toEqual({ text: '{"channel":"C2"}' });
    expect(await readArguments(["channel=C9"], { schema, sources, base: "@all.json" })).toEqual({ channel: "C9", text: "old" });
    expect(await readArguments([], { schema, sources, base: '{"labels":["a"]}' })).toEqual({ labels: ["a"] });
  });
});

describe("mistakes", () => {
  test("an unknown key names the nearest, at every depth", async () => {
    expect(await failure("--chanel", "C1")).toMatchObject({
      message: "The tool has no argument chanel",
      hint: expect.stringMatching(/^Did you mean channel\?/),
    });
    expect((await failure("metadata.event_tipe=x")).hint).toStartWith("Did you mean event_type?");
    expect((await failure("users[0].nme=x")).message).toBe("The tool has no argument users[0].nme");
  });

  test("a word that is no argument says how to write it", async () => {
    expect(await failure("hello")).toMatchObject({ message: '"hello" is no argument', hint: "Write it as key=value, as in channel=hello" });
  });

  test("values that do not fit", async () => {
    expect((await failure("replyCount=3.5")).message).toBe('replyCount takes a whole number, not "3.5"');
    expect((await failure("mode=ful")).hint).toBe("Did you mean full?");
    expect((await failure("blocks:=[1,")).message).toStartWith("blocks:= is not JSON:");
    expect((await failure("channel=a", "channel=b")).message).toBe("channel was given twice");
    expect((await failure("--channel")).hint).toBe("Write --channel <string>");
    expect((await failure("--channel", "--text")).hint).toBe("Write --channel=--text if that is the value");
    expect((await failure("--no-unfurl=true")).message).toBe("--no-unfurl takes no value");
  });

  test("paths that clash or leave a gap", async () => {
    expect((await failure("users[1].id=x")).message).toBe("users[1] leaves a gap: the array has 0 items so far");
    expect((await failure("channel.x=1")).message).toBe("The tool has no argument channel.x");
    expect((await failure("channel[0]=1")).message).toBe("channel is no list but string");
    expect((await failure("anything=1", "anything.x=1")).message).toBe("anything has a value already, so anything.x has no place");
    expect((await failure("a..b=1")).message).toBe('"a..b" is no name of an argument');
  });

  test("prototypes stay clean", async () => {
    await failure("__proto__.polluted=1");
    await failure("constructor.prototype.x=1");
    const made = await readArguments(["metadata.event_payload.__proto__.polluted=yes"], { schema, sources: noSources });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(JSON.stringify(made)).toBe('{"metadata":{"event_payload":{"__proto__":{"polluted":"yes"}}}}');
  });

  test("missing keys are found in nested objects too", async () => {
    expect(missingKeys(await read("metadata.event_payload.a=1"), schema).map(({ name }) => name)).toEqual([
      "channel",
      "metadata.event_type",
    ]);
  });

  test("an object that takes any key takes any key", async () => {
    const open: JsonSchema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: { type: "integer" } };
    expect(await readArguments(["b=1", "a=1"], { schema: open, sources: noSources })).toEqual({ b: 1, a: "1" });
    const none: JsonSchema = { type: "object", properties: {} };
    expect(readArguments(["b=1"], { schema: none, sources: noSources })).rejects.toMatchObject({ hint: "It takes no arguments" });
  });
});

describe("properties", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(fc.stringMatching(/^[^.[\]=]{1,8}$/), fc.integer({ min: 0, max: 99_999 }), fc.constant(append));

  test("a path is read back as it was written", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^.[\]]{1,8}$/), fc.array(step, { maxLength: 5 }), (first, more) => {
        expect(parsePath(formatPath([first, ...more]))).toEqual([first, ...more]);
      }),
    );
  });

  const value = fc.record(
    {
      channel: fc.string(),
      thread_ts: fc.string(),
      text: fc.oneof(fc.string(), fc.constant(null)),
      replyCount: fc.maxSafeInteger(),
      unfurl: fc.boolean(),
      mode: fc.constantFrom("full", "none"),
      labels: fc.array(fc.string()),
      scores: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)),
      blocks: fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      anything: fc.jsonValue(),
      union: fc.oneof(fc.string(), fc.integer()),
      optional: fc.oneof(fc.integer(), fc.constant(null)),
    },
    { requiredKeys: [] },
  );

  test("arguments written as a command line are read back unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(value, async (args) => {
        expect(await read(...argumentTokens(args, schema))).toEqual(JSON.parse(JSON.stringify(args)) as Record<string, unknown>);
      }),
    );
  });

  test("whatever is typed, the answer is arguments or a VALIDATION error", async () => {
    const token = fc.oneof(
      fc.string(),
      fc.constantFrom("--channel", "--unfurl", "labels[]=x", "a.b[0]=1", "--", "users[].id=1", ":=", "=", "channel:=", "__proto__=1"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token, { maxLength: 6 }), async (tokens) => {
        const typed = tokens.filter((one) => one !== "-" && !one.startsWith("@") && !/=@/.test(one));
        await read(...typed).catch((cause: unknown) => expect((cause as HubError).code).toBe("VALIDATION"));
      }),
    );
  });
});

describe("examples", () => {
  test("the example holds what is required and nothing else, and is accepted", async () => {
    const strict: JsonSchema = { ...schema, required: ["channel", "mode", "replyCount", "unfurl", "metadata", "users", "labels"] };
    const args = exampleArguments(strict);
    expect(args).toEqual({
      channel: "channel",
      mode: "full",
      replyCount: 1,
      unfurl: true,
      metadata: { event_type: "event_type" },
      users: [{}],
      labels: ["label"],
    });
    expect(missingKeys(args, strict)).toEqual([]);
    expect(await readArguments(argumentTokens(args, strict), { schema: strict, sources: noSources })).toEqual(args);
  });

  test("a command line is quoted for the shell", () => {
    expect(commandLine("a.b", { channel: "it's", metadata: { event_type: "x" } }, schema)).toBe(
      `hubctl call a.b --channel 'it'\\''s' 'metadata:={"event_type":"x"}'`,
    );
    expect(quote("$(rm -rf /)")).toBe("'$(rm -rf /)'");
    expect(quote("")).toBe("''");
  });

  test("a schema that refers to itself without end has an example all the same", () => {
    const endless: JsonSchema = { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] };
    expect(JSON.stringify(exampleArguments(endless))).toBe('{"next":{"next":{"next":{"next":{"next":{}}}}}}');
    expect(exampleArguments({ $ref: "#" })).toEqual({});
  });
});
