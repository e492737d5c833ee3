import { describe, expect, test } from "bun:test";
import { fakeFiles, fakeKeychain, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { HubError } from "../kernel/errors.ts";
import { pathsOf } from "../kernel/paths.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { createKeySource, newKeyText, readKey } from "./keys.ts";

const [one, two, three] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte).toBase64()) as [string, string, string];
const idOf = async (text: string) => (await readKey(text, "", "")).id;
const noKeychain = { get: async () => undefined, set: async () => false };
const fileName = "/home/ana/.local/share/hubctl/master.key";

const sourceOf = (given: Partial<Runtime>) => {
  const runtime = fakeRuntime(given);
  return createKeySource(runtime, pathsOf(runtime));
};
const load = (given: Partial<Runtime>, mayCreate = false) => sourceOf(given).load({ salt: "salt", mayCreate });
const failureOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => expect.unreachable(),
    (cause: unknown) => cause as HubError,
  );

describe("where keys come from", () => {
  const files = () => fakeFiles({ "/run/key": one, [fileName]: two });
  const keychain = fakeKeychain({ "master-key": three });

  test.each([
    {
      order: "HUBCTL_MASTER_KEY before all",
      env: { HUBCTL_MASTER_KEY: three, HUBCTL_MASTER_KEY_FILE: "/run/key" },
      origin: "HUBCTL_MASTER_KEY",
      key: three,
    },
    {
      order: "then the file that is named",
      env: { HUBCTL_MASTER_KEY: " ", HUBCTL_MASTER_KEY_FILE: "/run/key" },
      origin: "/run/key",
      key: one,
    },
    { order: "then the keychain", env: {}, origin: "the OS keychain", key: three },
    { order: "then the key file", env: {}, keychain: noKeychain, origin: fileName, key: two },
  ])("$order", async ({ env, origin, key, ...given }) => {
    const ring = await load({ keychain, env: { HOME: "/home/ana", ...env }, files: files(), ...given });
    expect(ring.origin).toBe(origin);
    expect(ring.keys.map(({ id }) => id)).toEqual([await idOf(key)]);
  });

  test("a named file that is missing or empty is an error, not a reason to look elsewhere", async () => {
    const env = { HUBCTL_MASTER_KEY_FILE: "/run/gone" };
    expect((await failureOf(load({ env, keychain }))).message).toBe("HUBCTL_MASTER_KEY_FILE names /run/gone, which does not exist");
    expect((await failureOf(load({ env, keychain, files: fakeFiles({ "/run/gone": "\n" }) }))).message).toContain("is empty");
  });

  test("an origin holds several keys, newest first, with comments between", async () => {
    const text = `# rotated in May\n${two}\n\n  ${one}  \n`;
    const { keys } = await load({ env: { HUBCTL_MASTER_KEY: text } });
    expect(keys.map(({ id }) => id)).toEqual([await idOf(two), await idOf(one)]);
  });
});

describe("the first key", () => {
  test("goes into the keychain, and is found there again", async () => {
    const [files, keychain] = [fakeFiles(), fakeKeychain()];
    const made = await load({ files, keychain }, true);
    expect(made.origin).toBe("the OS keychain");
    expect(files.content.size).toBe(0);
    expect((await load({ files, keychain })).keys[0]!.id).toBe(made.keys[0]!.id);
  });

  test("goes into a file of the owner's alone where there is no keychain", async () => {
    const modes: (number | undefined)[] = [];
    const files = fakeFiles();
    const watched = { ...files, replace: (path: string, text: string, mode?: number) => (modes.push(mode), files.replace(path, text)) };
    const made = await load({ files: watched, keychain: noKeychain, env: { HOME: "/home/ana" } }, true);
    expect([...files.content.keys()]).toEqual([fileName]);
    expect(modes).toEqual([0o600]);
    expect(await idOf(files.content.get(fileName)!)).toBe(made.keys[0]!.id);
  });

  test("is not made for a store that another key has sealed", async () => {
    const files = fakeFiles();
    expect(await load({ files, keychain: noKeychain })).toEqual({ origin: "", keys: [] });
    expect(files.content.size).toBe(0);
  });
});

describe("a new key", () => {
  test("comes before the old ones, which stay", async () => {
    const given = { env: { HOME: "/home/ana" }, files: fakeFiles({ [fileName]: one }), keychain: noKeychain };
    await sourceOf(given).add(two);
    expect((await load(given)).keys.map(({ id }) => id)).toEqual([await idOf(two), await idOf(one)]);
  });

  test("cannot be put into the environment by the hub", async () => {
    const failure = await failureOf(sourceOf({ env: { HUBCTL_MASTER_KEY: one } }).add(two));
    expect(failure.code).toBe("CONFLICT");
    expect(failure.hint).toContain("before the old one");
    expect(JSON.stringify(failure)).not.toContain(two);
  });

  test("that could never be read again is refused before it is kept", async () => {
    const files = fakeFiles({ [fileName]: one });
    const source = sourceOf({ env: { HOME: "/home/ana" }, files, keychain: noKeychain });
    for (const text of ["too short", "", "# a comment, as it seems", `${two}\n${three}`])
      expect((await failureOf(source.add(text))).code).toBe("VALIDATION");
    expect(files.content.get(fileName)).toBe(one);
  });
});

describe("a key", () => {
  test("is the same in base64 and base64url", async () => {
    const bytes = new Uint8Array(32).fill(0xfb);
    expect(await idOf(bytes.toBase64())).toBe(await idOf(bytes.toBase64({ alphabet: "base64url", omitPadding: true })));
  });

  test("made here is 32 random bytes", () => {
    const { random } = fakeRuntime();
    const text = newKeyText(random);
    expect(Uint8Array.fromBase64(text)).toHaveLength(32);
    expect(newKeyText(random)).not.toBe(text);
  });

  test("may be a passphrase of 16 characters, and no shorter", async () => {
    const failure = await failureOf(readKey("fifteen letters", "salt", "HUBCTL_MASTER_KEY"));
    expect(failure.message).toBe("The master key in HUBCTL_MASTER_KEY is too short: it has 15 characters of 16");
    expect((await readKey("sixteen letters!", "salt", "")).id).toMatch(/^[0-9a-f]{8}$/);
  });

  test("does not leave the program", async () => {
    expect((await readKey(one, "", "")).key.extractable).toBe(false);
  });
});
