import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { parseLayer, readLayer } from "./layer.ts";
import { describeProblem } from "./problem.ts";

const problems = (text: string) => parseLayer(text, "c.json5").problems.map(describeProblem);
const warnings = (text: string) => parseLayer(text, "c.json5").warnings.map(describeProblem);
const entryProblems = (entry: string) => problems(`{mcpServers:{s:${entry}}}`).map((line) => line.replace(/^c\.json5:\d+:\d+ /, ""));

describe("what a server entry must be", () => {
  test.each<[string, string[]]>([
    ['{command:"a"}', []],
    ['{command:"a", args:["x", 5, true], env:{A:null, B:1, C:{}}, cwd:"/", disabled:1, name:"n", description:"d"}', []],
    ['{url:"https://x.test/mcp", headers:{a:"b", n:1}, type:"anything", env:{}}', []],
    ['{url:"${X}/mcp"}', []],
    ['{command:"a", env:[], autoApprove:["x"], custom_instructions:{text:"t"}, timeoutMs:5}', []],
    ['{url:"https://x.test", headers:[]}', []],
    ['{command:"a", dev:{cwd:"/src"}}', []],
    ['{command:"a", url:"https://x.test"}', ["mcpServers.s.url: cannot stand beside command: a server is either local or remote"]],
    ["{}", ["mcpServers.s: needs a command (local server) or a url (remote server)"]],
    ['{command:""}', ["mcpServers.s.command: must not be empty"]],
    ['{command:"  "}', ["mcpServers.s.command: must not be empty"]],
    ["{command:null}", ["mcpServers.s.command: must be a string"]],
    ['{command:"a", env:5}', ["mcpServers.s.env: must be an object"]],
    ['{command:"a", env:["A=1"]}', ["mcpServers.s.env: must be an object"]],
    ['{command:"a", args:"x"}', ["mcpServers.s.args: must be an array of strings"]],
    ['{command:"a", args:["x", {}]}', ["mcpServers.s.args[1]: must be a string"]],
    ['{url:"https://x.test", headers:"h"}', ["mcpServers.s.headers: must be an object"]],
    ['{url:"https://x.test", headers:{a:null}}', ["mcpServers.s.headers.a: must be a string"]],
    ['{url:"x.test/mcp"}', ["mcpServers.s.url: must be an http or https URL"]],
    ['{url:"ftp://x.test"}', ["mcpServers.s.url: must be an http or https URL"]],
    ['{url:"https://x.test", dev:{cwd:"/"}}', ["mcpServers.s.dev: is only for local servers"]],
    ['{command:"a", dev:{enabled:1, cwd:"/"}}', ["mcpServers.s.dev.enabled: must be a boolean"]],
    ['{command:"a", dev:{watch:"*", cwd:"/"}}', ["mcpServers.s.dev.watch: must be an array of strings"]],
    ['{command:"a", dev:{}}', ["mcpServers.s.dev.cwd: must be an absolute path"]],
    ['{command:"a", dev:{cwd:"src"}}', ["mcpServers.s.dev.cwd: must be an absolute path"]],
    ['{command:"a", disabled_tools:[1]}', ["mcpServers.s.disabled_tools[0]: must be a string"]],
    ['{command:"a", tools:{allow:"x"}}', ["mcpServers.s.tools.allow: must be an array of strings"]],
    ['{command:"a", timeoutMs:0}', ["mcpServers.s.timeoutMs: must be at least 1"]],
    ['{command:"a", timeoutMs:1.5}', ["mcpServers.s.timeoutMs: must be a whole number"]],
    ['"npx"', ["mcpServers.s: must be an object"]],
    ["null", ["mcpServers.s: must be an object"]],
    ['{args:5, url:"x"}', ["mcpServers.s.args: must be an array of strings", "mcpServers.s.url: must be an http or https URL"]],
    [
      "{args:5}",
      ["mcpServers.s: needs a command (local server) or a url (remote server)", "mcpServers.s.args: must be an array of strings"],
    ],
  ])("%s", (entry, expected) => {
    expect(entryProblems(entry)).toEqual(expected);
  });
});

describe("what a file must be", () => {
  test.each<[string, string[]]>([
    ["{}", []],
    ["{mcpServers:{}}", []],
    ["{mcpServers:[]}", []],
    ["\uFEFF// text\r\n{mcpServers:{},}\r\n", []],
    ['{mcpServers:{broken:5}, servers:{ok:{command:"a"}}}', []],
    ['{mcpServers:{ok:{command:"a"}}, servers:null}', []],
    ["", ["c.json5:1:1 is empty; an empty configuration is written {}"]],
    [" \n", ["c.json5:1:1 is empty; an empty configuration is written {}"]],
    ["[]", ["c.json5:1:1 must be an object"]],
    ["{\n  a: 1\n  b: 2\n}", ["c.json5:3:3 is not valid JSON5: invalid character 'b'"]],
    ["{a:1} {", ["c.json5:1:7 is not valid JSON5: invalid character '{'"]],
    ["{mcpServers:null}", ["c.json5:1:2 mcpServers: must be an object"]],
    ['{mcpServers:[{command:"a"}]}', ["c.json5:1:2 mcpServers: must be an object"]],
    ['{mcpServers:{"":{command:"a"}}}', ['c.json5:1:14 mcpServers[""]: needs a name']],
    ['{"servers": {"a.b": {"command": 5}}}', ['c.json5:1:22 servers["a.b"].command: must be a string']],
    [
      "{hub:{port:70000, logLevel:'loud'}}",
      ["c.json5:1:7 hub.port: must be at most 65535", "c.json5:1:19 hub.logLevel: must be one of debug, info, warn, error"],
    ],
    ["{inputs:[{id:'a'},{}]}", ["c.json5:1:19 inputs[1].id: is required"]],
    ["{mcpServers:{__proto__:{command:'a'}}}", ["c.json5:1:14 mcpServers.__proto__: is not allowed as a key"]],
    ["{x:[{'__proto__':{}}]}", ["c.json5:1:6 x[0].__proto__: is not allowed as a key"]],
    [`{x:${"[".repeat(70)}${"]".repeat(70)}}`, ["c.json5:1:1 is nested more than 64 levels deep"]],
    [`{x:${"[".repeat(50_000)}${"]".repeat(50_000)}}`, ["c.json5:1:1 is nested more than 64 levels deep"]],
  ])("%j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test("every problem is said, each with its line, in the order of the file", () => {
    const text =
      '{\r\n  mcpServers: {\r\n    github: { command: "x",\r\n      args: "no" },\r\n    jira: { },\r\n  },\r\n  hub: { port: "80" },\r\n}';
    expect(problems(text)).toEqual([
      "c.json5:4:7 mcpServers.github.args: must be an array of strings",
      "c.json5:5:5 mcpServers.jira: needs a command (local server) or a url (remote server)",
      "c.json5:7:10 hub.port: must be a number",
    ]);
  });

  test("a value never shows in a problem", () => {
    expect(problems('{mcpServers:{s:{command:5, url:"secret://hunter2", headers:{a:["hunter2"]}}}}').join()).not.toContain("hunter2");
  });

  test("nothing reaches the prototype of objects", () => {
    parseLayer('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}', "c");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect([...parseLayer("{mcpServers:{constructor:{command:'a'}, toString:{command:'b'}}}", "c").servers.keys()]).toEqual([
      "constructor",
      "toString",
    ]);
  });
});

describe("warnings", () => {
  test.each<[string, string[]]>([
    ['{mcpServers:{s:{command:"a",\n arg:[]}}}', ["c.json5:2:2 mcpServers.s.arg: is not a known key; did you mean args?"]],
    ['{mcpServers:{s:{Command:"a", command:"b"}}}', ["c.json5:1:17 mcpServers.s.Command: is not a known key; did you mean command?"]],
    ['{mcpServers:{s:{command:"a", galleryUrl:1}}}', ["c.json5:1:30 mcpServers.s.galleryUrl: is not a known key"]],
    [
      '{mcpServers:{s:{command:"a", disabledTools:[]}}}',
      ["c.json5:1:30 mcpServers.s.disabledTools: is not a known key; did you mean disabled_tools?"],
    ],
    ['{mcpServers:{s:{command:"a", tools:{alow:[]}}}}', ["c.json5:1:37 mcpServers.s.tools.alow: is not a known key; did you mean allow?"]],
    ["{hub:{prot:1}}", ["c.json5:1:7 hub.prot: is not a known key; did you mean port?"]],
    ["{mcpServer:{}}", ["c.json5:1:2 mcpServer: is not a known key; did you mean mcpServers?"]],
    ["{nativeMCPServers:{}, theme:1}", []],
    ["{a:1,\n'a':2}", ["c.json5:2:1 a: stands here more than once; the last one counts"]],
  ])("%s", (text, expected) => {
    expect(problems(text)).toEqual([]);
    expect(warnings(text)).toEqual(expected);
  });

  test("of a key that stands twice the last one counts, in value and in place", () => {
    const text = '{mcpServers:{s:{command:"a",\n command:\n  5}}}';
    expect(problems(text)).toEqual(["c.json5:2:2 mcpServers.s.command: must be a string"]);
  });
});

describe("what a file says", () => {
  test("a local server", () => {
    const { servers } = parseLayer(
      '{mcpServers:{s:{command:"a", args:[1,true], name:"S", disabled:"yes", x:1, dev:{cwd:"/d"}}}}',
      "c.json5",
    );
    expect(servers.get("s")).toMatchObject({
      kind: "stdio",
      name: "s",
      title: "S",
      description: "",
      disabled: true,
      configSource: "c.json5",
      args: ["1", "true"],
      env: {},
      dev: { enabled: true, cwd: "/d" },
      entry: { command: "a", args: [1, true], x: 1 },
    });
  });

  test.each([
    ["sse", "sse"],
    ["http", "http"],
    ["streamable-http", "http"],
    ["stdio", undefined],
    [undefined, undefined],
  ] as const)("a remote server of type %s", (type, transport) => {
    const { servers } = parseLayer(JSON.stringify({ mcpServers: { s: { url: "https://x.test", type } } }), "c");
    expect(servers.get("s")).toMatchObject({ kind: "remote", title: "s", headers: {}, transport });
  });

  test("`servers` stands in for `mcpServers`; other keys stay", () => {
    const { servers, rest } = parseLayer(
      '{mcpServers:{old:{command:"a"}}, servers:{new:{command:"b"}}, nativeMCPServers:{n:1}, inputs:[{id:"k"}]}',
      "c",
    );
    expect([...servers.keys()]).toEqual(["new"]);
    expect(rest).toEqual({ nativeMCPServers: { n: 1 }, inputs: [{ id: "k", type: "promptString", password: false }] });
  });
});

test("a file that cannot be read is a problem, one that is not there is none", async () => {
  const files = { ...fakeFiles(), read: async () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })) };
  expect((await readLayer("c.json5", fakeRuntime({ files }))).problems.map(describeProblem)).toEqual([
    "c.json5:1:1 cannot be read (EACCES)",
  ]);
  expect(await readLayer("c.json5", fakeRuntime())).toMatchObject({ state: "missing", problems: [] });
});

test("any text is a configuration or has problems with a place in it", () => {
  const token = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "'",
    "mcpServers",
    "s",
    "command",
    "null",
    "1",
    "/*",
    "//",
    "\n",
    "\\",
    "__proto__",
    "é",
    "\u2028",
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(token, { maxLength: 25 }).map((tokens) => tokens.join("")),
  );
  fc.assert(
    fc.property(text, (input) => {
      for (const { line, column, file } of parseLayer(input, "c").problems) {
        expect(file).toBe("c");
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(input.split(/\r\n|[\n\r\u2028\u2029]/).length);
        expect(column).toBeGreaterThan(0);
      }
    }),
  );
});
