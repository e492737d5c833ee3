import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fixtureTools } from "../../../../tests/support/tui-fixture-tools.ts";
import { editedLine } from "../text-input/line-editor.ts";
import { formRows } from "./form-rows.ts";
import {
  activate,
  add,
  cancel,
  commit,
  focused,
  fold,
  formStart,
  moveItem,
  remove,
  replaceAll,
  startEditing,
  submit,
  turn,
  type,
  unset,
  type FormState,
} from "./form-state.ts";
import { FieldFactory } from "./form-tree.ts";
import { covered, valueOf } from "./form-value.ts";
import { compileShape, type JsonSchema } from "./shape.ts";

/** A form driven the way a person does: by the names on its lines. */
class Driver {
  readonly factory: FieldFactory;
  state: FormState;

  constructor(schema: JsonSchema) {
    this.factory = new FieldFactory(schema);
    this.state = formStart(this.factory);
  }

  get names() {
    return formRows(this.state.root).map(({ field, depth }) => "  ".repeat(depth) + field.name);
  }

  get value() {
    return valueOf(this.state.root);
  }

  focus(name: string) {
    const row = formRows(this.state.root).findLast(({ field }) => field.name === name);
    if (!row) throw new Error(`no line ${name} in ${this.names.join(", ")}`);
    this.state = { ...this.state, focus: row.field.id };
    return this;
  }

  do(change: (state: FormState, factory: FieldFactory) => FormState) {
    this.state = change(this.state, this.factory);
    return this;
  }

  /** Types into the focused field and presses Enter; the problem if it was refused. */
  enter(name: string, text: string, what: "value" | "json" = "value") {
    this.focus(name)
      .do((state) => type(startEditing(state, what), editedLine(text)))
      .do(commit);
    return this.state.editing?.problem;
  }
}

const slack = fixtureTools.find(({ id }) => id === "slack.messages.post")!.inputSchema;
const linear = fixtureTools.find(({ id }) => id === "linear.issues.search")!.inputSchema;

describe("a form", () => {
  test("sends exactly what was filled in", () => {
    const form = new Driver(slack);
    form.enter("channel", "C024BE91L");
    form.enter("text", "Deploy finished");
    form.focus("metadata").do(activate);
    form.enter("event_type", "deploy_done");
    form.focus("event_payload").do(activate);
    form.enter("sha", "9fceb02");
    form.focus("ok").do(activate);
    expect(form.value).toEqual({
      channel: "C024BE91L",
      text: "Deploy finished",
      metadata: { event_type: "deploy_done", event_payload: { sha: "9fceb02", ok: true } },
    });
    expect(submit(form.state).value).toEqual(form.value as Record<string, unknown>);
  });

  test("keeps a declared string a string, whatever it looks like", () => {
    const form = new Driver(slack);
    form.enter("thread_ts", "1763712370.123456");
    expect(form.value).toEqual({ thread_ts: "1763712370.123456" });
  });

  test("reads whole numbers in any spelling and refuses others at the field", () => {
    const form = new Driver({ properties: { n: { type: "integer" } } });
    expect([form.enter("n", "12.5"), form.enter("n", "abc")]).toEqual(["must be a whole number", "must be a number"]);
    form.do(cancel);
    expect(form.enter("n", "1e3")).toBeUndefined();
    expect(form.value).toEqual({ n: 1000 });
  });

  test("refuses a run with a required field empty and goes there", () => {
    const form = new Driver(slack);
    form.focus("text");
    const { state, value } = submit(form.state);
    expect(value).toBeUndefined();
    expect(focused(state).name).toBe("channel");
    expect([...state.errors.values()]).toEqual(["required"]);
  });

  test("opens what hides a problem", () => {
    const form = new Driver(slack);
    form.enter("channel", "C1");
    form.enter("metadata", '{"event_payload":{"ok":true}}', "json");
    form.focus("metadata").do((state, factory) => fold(state, false, factory));
    expect(focused(submit(form.state).state).name).toBe("event_type");
  });

  test("adds, moves and removes array items, the right one", () => {
    const form = new Driver(slack);
    form.focus("blocks").do(add);
    form.enter("type", "first");
    form.focus("blocks").do(add);
    form.enter("type", "second");
    form.focus("1").do((state) => moveItem(state, -1));
    expect(form.value).toEqual({ blocks: [{ type: "second" }, { type: "first" }] });
    form.do(remove);
    expect(form.value).toEqual({ blocks: [{ type: "first" }] });
  });

  test("keeps what was filled into another variant, and sends only the chosen one", () => {
    const form = new Driver(linear);
    const choose = (by: 1 | -1) => form.focus("filter").do((state, factory) => turn(state, by, factory));
    choose(1);
    choose(1);
    form.enter("assignee", "ana@acme.dev");
    choose(-1);
    form.focus("state").do(activate);
    expect(form.value).toEqual({ filter: { state: "todo" } });
    choose(1);
    expect(form.value).toEqual({ filter: { assignee: "ana@acme.dev" } });
  });

  test("opens a schema that refers to itself one level at a time", () => {
    const form = new Driver(linear);
    form.focus("nested").do(activate);
    form.focus("child").do(activate);
    form.enter("name", "grandchild");
    expect(form.value).toEqual({ nested: { child: { name: "grandchild" } } });
  });

  test("a switch that may be left out has three positions", () => {
    const form = new Driver(slack);
    const positions = [1, 2, 3].map(() => form.focus("unfurl_links").do(activate).value);
    expect(positions).toEqual([{ unfurl_links: true }, { unfurl_links: false }, {}]);
  });

  test("secrets are sent, and covered wherever the request is shown", () => {
    const form = new Driver({ properties: { token: { type: "string", format: "password" } } });
    form.enter("token", "s3cret");
    expect(form.value).toEqual({ token: "s3cret" });
    expect(JSON.stringify(valueOf(covered(form.state.root)))).not.toContain("s3cret");
  });

  test("a default is sent only where it is required", () => {
    const form = new Driver({
      required: ["limit"],
      properties: { limit: { type: "integer", default: 100 }, page: { type: "integer", default: 1 } },
    });
    expect(form.value).toEqual({ limit: 100 });
    form.enter("page", "1");
    expect(form.do(unset).value).toEqual({ limit: 100 });
  });

  test("takes keys that the schema does not name, once each", () => {
    const form = new Driver({ properties: { env: { type: "object", additionalProperties: { type: "string" } } } });
    form
      .focus("env")
      .do(add)
      .do((state) => type(state, editedLine("HOME")))
      .do(commit);
    form.enter("HOME", "/root");
    expect(form.value).toEqual({ env: { HOME: "/root" } });
    form
      .focus("env")
      .do(add)
      .do((state) => type(state, editedLine("HOME")))
      .do(commit);
    expect(form.state.editing?.problem).toBe("there is already a HOME");
  });

  test("refuses broken JSON and stays as it was when the edit is given up", () => {
    const form = new Driver(slack);
    form.enter("channel", "C1");
    expect(form.enter("metadata", '{"event_type": }', "json")).toStartWith("not JSON");
    expect(form.do(cancel).value).toEqual({ channel: "C1" });
  });

  test("gives back any arguments it was given", () => {
    const argument = fc.record(
      {
        channel: fc.string(),
        text: fc.string(),
        metadata: fc.record({
          event_type: fc.string(),
          event_payload: fc.record({ sha: fc.string(), ok: fc.boolean(), more: fc.jsonValue() }, { requiredKeys: [] }),
        }),
        blocks: fc.array(fc.record({ type: fc.string() })),
        unfurl_links: fc.boolean(),
        mode: fc.constantFrom("full", "none"),
      },
      { requiredKeys: ["channel"] },
    );
    fc.assert(
      fc.property(argument, (value) => {
        const form = new Driver(slack);
        form.do((state, factory) => replaceAll(state, factory, value));
        expect(JSON.parse(JSON.stringify(form.value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("compileShape", () => {
  const kind = (schema: JsonSchema) => {
    const shape = compileShape(schema, schema);
    return shape.isNullable ? `${shape.kind}?` : shape.kind;
  };

  test.each<[JsonSchema, string]>([
    [{ type: "string" }, "string"],
    [{ type: ["string", "null"] }, "string?"],
    [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "number?"],
    [{ type: "string", nullable: true }, "string?"],
    [{ enum: ["a", null] }, "choice"],
    [{ const: 3 }, "choice"],
    [{ oneOf: [{ const: 1, title: "one" }, { const: 2 }] }, "choice"],
    [{ oneOf: [{ type: "string" }, { type: "object" }] }, "variants"],
    [{ properties: {} }, "object"],
    [{ items: {} }, "array"],
    [{ allOf: [{ type: "object", properties: { a: {} } }, { properties: { b: {} } }] }, "object"],
    [{ type: ["string", "number"] }, "json"],
    [{}, "json"],
    [{ $ref: "#/nowhere" }, "json"],
    [{ $ref: "#" }, "json"],
    [{ $ref: "https://example.com/schema" }, "json"],
  ])("%j is a %s", (schema, expected) => {
    expect(kind(schema)).toBe(expected);
  });

  test("merges allOf, with everything required", () => {
    const schema = {
      allOf: [
        { type: "object", properties: { a: {} }, required: ["a"] },
        { properties: { b: {} }, required: ["b"] },
      ],
    };
    expect(compileShape(schema, schema)).toMatchObject({
      properties: [
        { name: "a", isRequired: true },
        { name: "b", isRequired: true },
      ],
    });
  });

  test("compiles any JSON as a schema without failing", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("type", "properties", "items", "enum", "oneOf", "anyOf", "allOf", "required", "$ref", "pattern"),
          fc.jsonValue(),
        ),
        (schema) => void compileShape(schema, schema),
      ),
    );
  });
});
