import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog, type Log } from "#hub/kernel/log.ts";
import { fakeClock, fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { ConfigDiff } from "./diff.ts";
import { createConfigKeeper, type KeeperOptions } from "./keeper.ts";

const path = "/etc/c.json5";
const server = (command: string) => `{mcpServers:{s:{command:"${command}"}}}`;

async function keeping(text: string | undefined, options: Partial<KeeperOptions> = {}) {
  const files = fakeFiles(text === undefined ? {} : { [path]: text });
  const clock = fakeClock();
  const diffs: ConfigDiff[] = [];
  const errors: HubError[] = [];
  const keeper = await createConfigKeeper({
    files: [path],
    runtime: fakeRuntime({ files, clock }),
    log: silentLog,
    onChange: (_, diff) => void diffs.push(diff),
    onError: (error) => void errors.push(error),
    ...options,
  });
  const commandOf = () => keeper.current().servers.get("s")?.entry["command"];
  return { files, clock, diffs, errors, keeper, commandOf };
}

describe("createConfigKeeper", () => {
  test("follows its file", async () => {
    const { files, clock, diffs, commandOf } = await keeping(server("a"));
    await files.replace(path, server("b"));
    await clock.advance(200);
    expect(commandOf()).toBe("b");
    expect(diffs).toMatchObject([{ modified: ["s"], details: { s: { modifiedFields: ["command"] } } }]);
  });

  test("a bad file keeps what runs, and a good one after it is taken", async () => {
    const { files, clock, diffs, errors, keeper, commandOf } = await keeping(server("a"));
    await files.replace(path, "{\n  mcpServers: {s: {}}}");
    await clock.advance(200);
    expect(commandOf()).toBe("a");
    expect(diffs).toEqual([]);
    expect(errors.map(({ message }) => message)).toEqual([
      `${path}:2:16 mcpServers.s: needs a command (local server) or a url (remote server)`,
    ]);
    expect(keeper.rejected()).toBe(errors[0]);
    await files.replace(path, server("c"));
    await clock.advance(200);
    expect(commandOf()).toBe("c");
    expect(keeper.rejected()).toBeUndefined();
  });

  test("a file that is deleted takes its servers with it, one that is made brings them", async () => {
    const { files, clock, diffs } = await keeping(server("a"));
    await files.remove(path);
    await clock.advance(400);
    await files.replace(path, server("a"));
    await clock.advance(200);
    expect(diffs).toMatchObject([{ removed: ["s"] }, { added: ["s"] }]);
  });

  test("does not start from a bad file, and leaves no watch behind", async () => {
    const files = fakeFiles({ [path]: "{" });
    const watches = new Set<string>();
    const watchDirectory: typeof files.watchDirectory = (directory) => {
      watches.add(directory);
      return { [Symbol.dispose]: () => void watches.delete(directory) };
    };
    const starting = createConfigKeeper({
      files: [path],
      runtime: fakeRuntime({ files: { ...files, watchDirectory } }),
      log: silentLog,
      onChange: () => undefined,
      onError: () => undefined,
    });
    expect(await starting.catch((cause: unknown) => cause)).toBeInstanceOf(HubError);
    expect(watches.size).toBe(0);
  });

  test("reloads run one after the other, each waiting until the one before is applied", async () => {
    const applied = Promise.withResolvers<void>();
    const order: string[] = [];
    const { files, keeper } = await keeping(server("a"), {
      onChange: async (next) => {
        order.push(`begin ${String(next.servers.get("s")?.entry["command"])}`);
        await applied.promise;
        order.push("end");
      },
    });
    files.content.set(path, server("b"));
    const first = keeper.reload();
    files.content.set(path, server("c"));
    const second = keeper.reload();
    applied.resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(["begin c", "end", "begin c", "end"]);
    expect((await second).unchanged).toEqual(["s"]);
  });

  test("what fails while a change is applied does not end the following", async () => {
    const logged: string[] = [];
    const log: Log = { ...silentLog, error: (message) => void logged.push(message) };
    let applied = 0;
    const { files, clock, commandOf } = await keeping(server("a"), {
      log,
      onChange: () => {
        if (++applied === 1) throw new Error("no");
      },
    });
    await files.replace(path, server("b"));
    await clock.advance(200);
    expect(logged).toHaveLength(1);
    await files.replace(path, server("c"));
    await clock.advance(200);
    expect([commandOf(), applied]).toEqual(["c", 2]);
  });

  test("warnings are logged where they are", async () => {
    const logged: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message, fields) => void logged.push([message, fields]) };
    await keeping('{mcpServers:{s:{command:"a", comand:1}}}', { log });
    expect(logged).toEqual([
      ["mcpServers.s.comand is not a known key; did you mean command?", { file: path, line: 1, column: 30, key: "mcpServers.s.comand" }],
    ]);
  });

  test("without watching only a reload looks", async () => {
    const { files, clock, commandOf, keeper } = await keeping(server("a"), { watch: false });
    await files.replace(path, server("b"));
    await clock.advance(10_000);
    expect(commandOf()).toBe("a");
    await keeper.reload();
    expect(commandOf()).toBe("b");
  });

  test("disposed, it follows no more", async () => {
    const { files, clock, commandOf, keeper } = await keeping(server("a"));
    keeper[Symbol.dispose]();
    await files.replace(path, server("b"));
    await clock.advance(10_000);
    expect(commandOf()).toBe("a");
  });
});
