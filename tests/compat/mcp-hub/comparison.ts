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
  /** What differs and is on no list, with where it does. */
  const unexplained = (where: string, found: readonly string[]) =>
    found.flatMap((what) => {
      const fits = allowed.filter((one) => one.where.test(where) && one.what.test(what));
      for (const one of fits) used.add(one);
      return fits.length === 0 ? [`${where}: ${what}`] : [];
    });
  return {
    answers(theirs: Answers, ours: Answers): void {
      expect(Object.keys(ours)).toEqual(Object.keys(theirs));
      const found = Object.entries(theirs).flatMap(([scene, answer]) => unexplained(scene, answersDiffer(answer, ours[scene]!)));
      expect(found).toEqual([]);
    },
    events(theirs: Readonly<Record<string, Shape>>, ours: Readonly<Record<string, Shape>>): void {
      // What is logged, and how loudly, is each program's own.
      const kinds = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].filter(
        (kind) => !kind.startsWith("log ") || (kind in theirs && kind in ours),
      );
      const found = kinds.flatMap((kind) => {
        const [a, b] = [theirs[kind], ours[kind]];
        return unexplained(kind, a && b ? differences(a, b) : [`only ${a ? "theirs" : "ours"}`]);
      });
      expect(found).toEqual([]);
    },
    /** Every difference that is allowed is one, and is told in the notes. */
    async allIsNeeded(): Promise<void> {
      const text = await Bun.file(notes).text();
      expect(allowed.filter((one) => !used.has(one))).toEqual([]);
      expect(allowed.filter(({ why }) => !text.includes(why))).toEqual([]);
    },
  };
}
