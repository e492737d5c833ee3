import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { invoke, type AnyOperation, type Context } from "#hub/kernel/operation.ts";
import { localOwner } from "#hub/kernel/principal.ts";
import { fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { changedData, rejectedData } from "./event-data.ts";
import { changed, rejected } from "./events.ts";
import { createConfigKeeper } from "./keeper.ts";
import { get, reload } from "./operations.ts";

const path = "/c.json5";

async function hub(text: string) {
  const files = fakeFiles({ [path]: text });
  const runtime = fakeRuntime({ files });
  const config = await createConfigKeeper({
    files: [path],
    runtime,
    log: silentLog,
    watch: false,
    onChange: () => undefined,
    onError: () => undefined,
  });
  const context = {
    principal: localOwner,
    runtime,
    guard: { operation: () => undefined },
    observe: () => undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
    config,
  } as unknown as Context;
  const run = (verb: string, operation: AnyOperation) => invoke({ name: `config.${verb}`, area: "config", verb, operation }, {}, context);
  return { files, config, get: () => run("get", get), reload: () => run("reload", reload) };
}

describe("config.get", () => {
  test("shows everything but secrets", async () => {
    const server = {
      command: "npx",
      args: ["-y", "pkg", "--api-key", "hunter2", "--token=hunter2", "--key=${KEY}", "--port", "80"],
      env: { ANYTHING: "hunter2", FROM: "${GITHUB_TOKEN}", N: 5, EMPTY: "" },
      mine: { password: "hunter2" },
    };
    const text = JSON.stringify({
      mcpServers: {
        local: server,
        remote: { url: "https://u:hunter2@x.test/mcp?k=hunter2&v=${V}#f", headers: { "X-Any": "hunter2", Authorization: "Bearer ${T}" } },
      },
      inputs: [{ id: "i", password: true, default: "hunter2" }],
      theirs: { apiKey: "hunter2", theme: "dark" },
      hub: { prot: 1 },
    });
    const shown = await (await hub(text)).get();
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    expect(shown).toMatchObject({
      files: [{ path, state: "read" }],
      hub: { port: 37_373 },
      servers: {
        local: {
          command: "npx",
          args: ["-y", "pkg", "--api-key", "[redacted]", "--token=[redacted]", "--key=${KEY}", "--port", "80"],
          env: { ANYTHING: "[redacted]", FROM: "${GITHUB_TOKEN}", N: 5, EMPTY: "" },
          configSource: path,
        },
        remote: {
          url: "https://u:[redacted]@x.test/mcp?k=[redacted]&v=${V}#f",
          headers: { "X-Any": "[redacted]", Authorization: "Bearer ${T}" },
        },
      },
      other: { theirs: { theme: "dark" } },
      warnings: [{ key: "hub.prot" }, { key: "mcpServers.local.mine" }],
    });
    expect(shown).toHaveProperty("rejected", undefined);
  });
});

describe("config.reload", () => {
  test("applies what the files say now and tells which servers changed", async () => {
    const { files, reload: run, config } = await hub('{mcpServers:{a:{command:"x"}}}');
    files.content.set(path, '{mcpServers:{a:{command:"y"}, b:{command:"x"}}}');
    expect(await run()).toEqual({ added: ["b"], removed: [], modified: ["a"], unchanged: [] });
    expect([...config.current().servers.keys()]).toEqual(["a", "b"]);
  });

  test("a bad file is refused with its line, shown by get, and forgotten once mended", async () => {
    const { files, reload: run, get: show, config } = await hub('{mcpServers:{a:{command:"x"}}}');
    files.content.set(path, "{\nmcpServers: 5}");
    const error = await run().catch((cause: unknown) => cause as HubError);
    expect(error).toMatchObject({ code: "VALIDATION", message: `${path}:2:1 mcpServers: must be an object` });
    expect(await show()).toMatchObject({ rejected: `${path}:2:1 mcpServers: must be an object`, servers: { a: { command: "x" } } });
    expect(rejected.data.parse(rejectedData(config.rejected()!))).toEqual({
      message: `${path}:2:1 mcpServers: must be an object`,
      file: path,
      line: 2,
    });
    files.content.set(path, "{}");
    expect(await run()).toMatchObject({ removed: ["a"] });
    expect(await show()).toHaveProperty("rejected", undefined);
  });
});

test("config.changed names servers and files, never values", async () => {
  const { config, files } = await hub("{}");
  files.content.set(path, '{mcpServers:{a:{command:"x", env:{A:"hunter2"}}}}');
  const data = changed.data.parse(changedData(config.current(), await config.reload()));
  expect(data).toEqual({ added: ["a"], removed: [], modified: [], unchanged: [], fields: {}, files: [path] });
  files.content.set(path, '{mcpServers:{a:{command:"x", env:{A:"hunter3"}}}}');
  expect(changedData(config.current(), await config.reload())).toMatchObject({ modified: ["a"], fields: { a: ["env"] } });
});

test("an error of another kind has no place in a file", () => {
  expect(rejectedData(new HubError("INTERNAL", "m"))).toEqual({ message: "m", file: undefined, line: undefined });
});
