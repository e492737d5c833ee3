import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { parseSession, playSession, words } from "./session.ts";

setDefaultTimeout(90_000);

const scripts = [...new Bun.Glob("*.script").scanSync({ cwd: import.meta.dir })].toSorted();
const texts = await Promise.all(scripts.map((name) => Bun.file(`${import.meta.dir}/${name}`).text()));

/** A script that begins with `# fails: why` shows a known fault; once it is mended, the test says so. */
const isFaulty = (text: string) => text.startsWith("# fails: ");

describe.concurrent("a session", () => {
  for (const [index, name] of scripts.entries()) {
    const text = texts[index]!;
    (isFaulty(text) ? test.failing : test)(name, () => playSession(parseSession(text)));
  }
});

describe("the player of sessions", () => {
  const play = (script: string) => playSession(parseSession(script));

  test("finds what does not hold, and says what was said", async () => {
    expect(play("# fine\n\nexec sh -c 'echo hi; echo no >&2; exit 3'")).rejects.toThrow(
      "Line 3: exec sh -c 'echo hi; echo no >&2; exit 3'\nexit 3\n[stdout]\nhi\n[stderr]\nno",
    );
    expect(play("! exec true")).rejects.toThrow("exit 0");
    expect(play("! exec false\nexit 2")).rejects.toThrow("exit 1");
    expect(play("exec echo hi\nstdout ^ho$")).rejects.toThrow("Line 2");
    expect(play("exec echo hi\n! stdout ^hi$")).rejects.toThrow("Line 2");
    expect(play("sing")).rejects.toThrow("There is no sing");
  });

  test("reads files, words and terminals", async () => {
    await play(
      "stdin a.txt\nexec cat\nstdout ^one$\nterminal 33\nexec stty size\nstdout ^24 33$\nenv A=$WORK/b\nexec sh -c 'echo \"$A\"'\nstdout /project/b$\n-- a.txt --\none\n",
    );
    expect(words(`a "b c" d='e f' ''`)).toEqual(["a", "b c", "d=e f", ""]);
  });
});
