import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { Clock } from "#hub/kernel/runtime.ts";
import { fakeClock, fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { watchConfig } from "./watch.ts";

describe("when to call back", () => {
  const path = "/etc/c.json5";

  async function watching(initial: Record<string, string> = { [path]: "one" }) {
    const files = fakeFiles(initial);
    const clock = fakeClock();
    const seen: (string | undefined)[] = [];
    const watch = await watchConfig({
      files: [path],
      runtime: fakeRuntime({ files, clock }),
      onChange: () => seen.push(files.content.get(path)),
    });
    return { files, clock, seen, watch };
  }

  test("once a file has stayed the same for the debounce period", async () => {
    const { files, clock, seen } = await watching();
    await files.replace(path, "two");
    await clock.advance(199);
    expect(seen).toEqual([]);
    await files.replace(path, "three");
    await clock.advance(1);
    expect(seen).toEqual([]);
    await clock.advance(199);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual(["three"]);
  });

  test("not when the content is what it was", async () => {
    const { files, clock, seen } = await watching();
    await files.replace(path, "one");
    await files.replace(path, "two");
    await files.replace(path, "one");
    await clock.advance(10_000);
    expect(seen).toEqual([]);
  });

  test.each(["", " \n", undefined])("a file left as %j for a moment is given another period", async (left) => {
    const { files, clock, seen } = await watching();
    await (left === undefined ? files.remove(path) : files.replace(path, left));
    await clock.advance(399);
    expect(seen).toEqual([]);
    await files.replace(path, "two");
    await clock.advance(400);
    expect(seen).toEqual(["two"]);
  });

  test("a file that stays empty, and one that stays away, is a change", async () => {
    const { files, clock, seen } = await watching();
    await files.replace(path, "");
    await clock.advance(400);
    await files.remove(path);
    await clock.advance(400);
    expect(seen).toEqual(["", undefined]);
  });

  test("a file that never comes to rest is taken as it is after a while", async () => {
    const { files, clock, seen } = await watching();
    let writes = 0;
    const writer = clock.every(100, () => void files.replace(path, `${++writes}`));
    await clock.advance(6_000);
    writer[Symbol.dispose]();
    expect(seen).toHaveLength(1);
  });

  test("changes that no event tells of are found by looking", async () => {
    const { files, clock, seen } = await watching({});
    files.content.set(path, "made");
    await clock.advance(2_000);
    expect(seen).toEqual([]);
    await clock.advance(200);
    expect(seen).toEqual(["made"]);
  });

  test("files of others in the same directory wake nobody", async () => {
    const { files, clock } = await watching();
    let reads = 0;
    const read = files.read;
    files.read = (file) => {
      reads++;
      return read(file);
    };
    await files.replace("/etc/other", "x");
    await clock.advance(1_000);
    expect(reads).toBe(0);
  });

  test("a change during the very first look is not lost", async () => {
    const files = fakeFiles({ [path]: "one" });
    const clock = fakeClock();
    let calls = 0;
    const { read } = files;
    files.read = async (file) => {
      files.read = read;
      const text = await read(file);
      await files.replace(file, "two");
      return text;
    };
    await watchConfig({ files: [path], runtime: fakeRuntime({ files, clock }), onChange: () => calls++ });
    await clock.advance(200);
    expect(calls).toBe(1);
  });

  test("never after it was disposed, not even of a change before", async () => {
    const { files, clock, seen, watch } = await watching();
    await files.replace(path, "two");
    watch[Symbol.dispose]();
    await files.replace(path, "three");
    await clock.advance(10_000);
    expect(seen).toEqual([]);
  });

  test("a file that cannot be read is like any other content", async () => {
    const { files, clock, seen } = await watching();
    files.read = () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES" }));
    await clock.advance(2_200);
    await clock.advance(10_000);
    expect(seen).toHaveLength(1);
  });
});

describe("on a real file system", () => {
  /** Time runs as it does, but the slow poll comes round at once where a test is about it, and never where it is not. */
  const clockWith = (pollMs: number): Clock => ({ ...systemRuntime.clock, every: (_, run) => systemRuntime.clock.every(pollMs, run) });

  async function watching(steps: {
    readonly before?: (directory: string) => Promise<unknown>;
    readonly pollMs?: number;
    readonly file?: string;
  }) {
    const directory = await mkdtemp(join(tmpdir(), "hubctl-watch-"));
    await steps.before?.(directory);
    const path = join(directory, steps.file ?? "c.json5");
    let arrived = Promise.withResolvers<string | undefined>();
    const watch = await watchConfig({
      files: [path],
      runtime: { ...systemRuntime, clock: clockWith(steps.pollMs ?? 3_600_000) },
      debounceMs: 50,
      onChange: () => void systemRuntime.files.read(path).then((text) => arrived.resolve(text)),
    });
    return {
      directory,
      path,
      /** What the file holds when the next change is told. */
      async after(change: () => Promise<unknown>) {
        arrived = Promise.withResolvers();
        await change();
        return arrived.promise;
      },
      async [Symbol.asyncDispose]() {
        watch[Symbol.dispose]();
        await rm(directory, { recursive: true });
      },
    };
  }

  const withFile = (directory: string) => writeFile(join(directory, "c.json5"), "one");

  test("created, written in place, truncated and written, replaced, deleted, made again", async () => {
    await using world = await watching({});
    const { path, after } = world;
    expect(await after(() => writeFile(path, "made"))).toBe("made");
    expect(await after(() => writeFile(path, "in place"))).toBe("in place");
    expect(
      await after(async () => {
        await writeFile(path, "");
        await writeFile(path, "truncated and written");
      }),
    ).toBe("truncated and written");
    expect(
      await after(async () => {
        await writeFile(`${path}.tmp`, "replaced");
        await rename(`${path}.tmp`, path);
      }),
    ).toBe("replaced");
    expect(await after(() => rm(path))).toBeUndefined();
    expect(await after(() => writeFile(path, "again"))).toBe("again");
    expect(
      await after(async () => {
        await rm(path);
        await writeFile(path, "deleted and made");
      }),
    ).toBe("deleted and made");
    expect(await after(() => systemRuntime.files.replace(path, "by ourselves"))).toBe("by ourselves");
  });

  test("in a directory that is made later, deleted, and made again", async () => {
    await using world = await watching({ file: "a/b/c.json5", pollMs: 20 });
    const { directory, path, after } = world;
    const make = async (text: string) => {
      await mkdir(join(directory, "a/b"), { recursive: true });
      await writeFile(path, text);
    };
    expect(await after(() => make("first"))).toBe("first");
    expect(await after(() => rm(join(directory, "a"), { recursive: true }))).toBeUndefined();
    expect(await after(() => make("second"))).toBe("second");
  });

  test("through a link whose target changes", async () => {
    await using world = await watching({
      pollMs: 20,
      before: async (directory) => {
        await mkdir(join(directory, "dotfiles"));
        await writeFile(join(directory, "dotfiles/real"), "one");
        await symlink(join(directory, "dotfiles/real"), join(directory, "c.json5"));
      },
    });
    expect(await world.after(() => writeFile(join(world.directory, "dotfiles/real"), "two"))).toBe("two");
  });

  test("the same content written again is not told, the change after it is", async () => {
    await using world = await watching({ before: withFile });
    expect(
      await world.after(async () => {
        await writeFile(world.path, "one");
        await writeFile(world.path, "two");
      }),
    ).toBe("two");
  });
});
