import { join } from "node:path";
import { expect } from "bun:test";
import { answersDiffer, type Answers } from "./answers.ts";
import { differences, type Shape } from "./shape.ts";

/** Where our answers differ from mcp-hub's, and why; `docs/compat-mcp-hub.md` says the same to people. */
export interface AllowedDifference {
  /** The scene or event, and what differs there. */
  readonly where: RegExp;
  readonly what: RegExp;
  readonly why: string;
}

const notes = join(import.meta.dir, "../../../docs/compat-mcp-hub.md");

/** Lets pass what is allowed, and remembers that it was needed. */
export function createComparison(allowed: readonly AllowedDifference[]) {
  const used = new Set<AllowedDifference>();
  const expectNone = (where: string, found: readonly string[]) => {
    const differs = found.filter((what) => {
      const fits = allowed.filter((one) => one.where.test(where) && one.what.test(what));
      for (const one of fits) used.add(one);
      return fits.length === 0;
    });
    expect({ where, differs }).toEqual({ where, differs: [] });
  };
  return {
    answers(theirs: Answers, ours: Answers): void {
      expect(Object.keys(ours)).toEqual(Object.keys(theirs));
      for (const [scene, answer] of Object.entries(theirs)) expectNone(scene, answersDiffer(answer, ours[scene]!));
    },
    events(theirs: Readonly<Record<string, Shape>>, ours: Readonly<Record<string, Shape>>): void {
      for (const kind of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
        const [a, b] = [theirs[kind], ours[kind]];
        // What is logged, and how loudly, is each program's own.
        if (kind.startsWith("log ") && !(a && b)) continue;
        expectNone(kind, a && b ? differences(a, b) : [`only ${a ? "theirs" : "ours"}`]);
      }
    },
    /** Every difference that is allowed is one, and is told in the notes. */
    async allIsNeeded(): Promise<void> {
      const text = await Bun.file(notes).text();
      expect(allowed.filter((one) => !used.has(one))).toEqual([]);
      expect(allowed.filter(({ why }) => !text.includes(why))).toEqual([]);
    },
  };
}
