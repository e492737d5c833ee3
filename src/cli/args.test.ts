import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { parseArguments } from "./args.ts";
import type { ArgumentSpec } from "./flags.ts";

const spec: ArgumentSpec = {
  flags: {
    id: { type: "string", description: "Which" },
    port: { type: "integer", alias: "p" },
    rate: { type: "number" },
    force: { type: "boolean", alias: "f" },
    cache: { type: "boolean", default: true },
    label: { type: "array", alias: "l", items: { type: "string" } },
    threadTs: { type: "string" },
    state: { enum: ["ready", "failed"] },
    where: { type: "object" },
    json: { type: "string", bare: "" },
  },
  positional: ["id"],
};

const parse = (...argv: string[]) => parseArguments(argv, spec).values;
const failure = (...argv: string[]) => {
  try {
    parse(...argv);
  } catch (cause) {
    return cause as HubError;
  }
  throw new Error("it parsed");
};

describe("flags", () => {
  test("a value follows its flag, or is tied to it", () => {
    expect(parse("--port", "80")).toEqual({ port: 80 });
    expect(parse("--port=80")).toEqual({ port: 80 });
    expect(parse("-p", "80")).toEqual({ port: 80 });
    expect(parse("-p80")).toEqual({ port: 80 });
    expect(parse("-p=80")).toEqual({ port: 80 });
  });

  test("the declared type decides, not the look", () => {
    expect(parse("--thread-ts", "1763712370.123456", "--rate", "1e3", "7")).toEqual({ threadTs: "1763712370.123456", rate: 1000, id: "7" });
    expect(parse("--where", '{"a":[1]}')).toEqual({ where: { a: [1] } });
  });

  test("kebab and exact names are the same flag", () => {
    expect(parse("--threadTs=x")).toEqual(parse("--thread-ts=x"));
  });

  test("booleans take no following word", () => {
    expect(parse("--force", "x")).toEqual({ force: true, id: "x" });
    expect(parse("--force=false", "--no-cache")).toEqual({ force: false, cache: false });
  });

  test("a bare flag leaves the next word alone", () => {
    expect(parse("--json", "x")).toEqual({ json: "", id: "x" });
    expect(parse("--json=name")).toEqual({ json: "name" });
  });

  test("repeated flags collect in an array, and only there", () => {
    expect(parse("-l", "a", "--label=b", "--label", "c")).toEqual({ label: ["a", "b", "c"] });
    expect(failure("--port=1", "--port=2").message).toBe("--port was given twice");
  });

  test("after -- every token is a word", () => {
    expect(parse("--", "--force")).toEqual({ id: "--force" });
  });

  test("negative numbers are values", () => {
    expect(parse("--port", "-5")).toEqual({ port: -5 });
  });
});

describe("mistakes", () => {
  test("an unknown flag names the nearest", () => {
    expect(failure("--prot", "80")).toMatchObject({ code: "VALIDATION", message: "Unknown flag --prot", hint: "Did you mean --port?" });
    expect(failure("-x").message).toBe("Unknown flag -x");
    expect(failure("--no-port").message).toBe("Unknown flag --no-port");
  });

  test("a value that does not fit says what would", () => {
    expect(failure("--port", "80x").message).toBe('--port takes a whole number, not "80x"');
    expect(failure("--rate", "0x10").message).toBe('--rate takes a number, not "0x10"');
    expect(failure("--force=maybe").message).toBe('--force takes true or false, not "maybe"');
    expect(failure("--state", "redy")).toMatchObject({ message: '--state takes ready, failed, not "redy"', hint: "Did you mean ready?" });
  });

  test("a flag is not taken for the value of the one before", () => {
    expect(failure("--thread-ts", "--force")).toMatchObject({
      message: "--thread-ts needs a value",
      hint: "Write --thread-ts=--force if that is the value",
    });
    expect(failure("--port")).toMatchObject({ message: "--port needs a value", hint: "Write --port <integer>" });
  });

  test("a word too many is an error", () => {
    expect(failure("a", "b").message).toBe('There is no place for "b"');
  });

  test("every missing argument is listed with what it is", () => {
    expect(() => parseArguments([], { ...spec, required: ["id", "port"] })).toThrow("Missing <id>, --port\n  <id>  Which\n  --port");
  });

  test("a flag named like a prototype's property is unknown", () => {
    expect(failure("--__proto__=1").code).toBe("VALIDATION");
    expect(failure("--constructor=1").code).toBe("VALIDATION");
  });
});

describe("properties", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/).filter((text) => !text.startsWith("no"));

  test("strings survive as they are", () => {
    fc.assert(fc.property(fc.string(), (text) => expect(parse(`--thread-ts=${text}`)).toEqual({ threadTs: text })));
  });

  test("numbers survive", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), (port, rate) => {
        const shown = JSON.stringify(rate);
        expect(parse(`--port=${port}`, `--rate=${shown}`)).toEqual({ port, rate: JSON.parse(shown) as number });
      }),
    );
  });

  test("what is not declared is never accepted", () => {
    fc.assert(
      fc.property(name, fc.string(), (flag, value) => {
        fc.pre(!(flag in spec.flags));
        expect(failure(`--${flag}=${value}`).message).toBe(`Unknown flag --${flag}`);
      }),
    );
  });

  test("any argv parses or is a VALIDATION error", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("--", "-", "--force", "--port", "-p", "--no-cache", "--label=x"))),
        (argv) => {
          try {
            parse(...argv);
          } catch (cause) {
            expect(cause).toBeInstanceOf(HubError);
            expect((cause as HubError).code).toBe("VALIDATION");
          }
        },
      ),
    );
  });
});
