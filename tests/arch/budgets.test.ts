import { expect, test } from "bun:test";
import { isGenerated, isTest, readFiles, sourceFile, type SourceFile } from "./source-tree.ts";

const budget = { median: 100, p95: 350, most: 400, mostInTests: 600, fanOut: 15 };

/** These collect what others offer, so they reach everywhere. */
const collectors = new Bun.Glob("src/{hub/{hub,operations,events}.ts,hub/assembly/*.ts,tui/app.tsx,cli/root.ts}");

/** The value below which this share of the files lies. */
function quantile(files: readonly SourceFile[], share: number): number {
  const sizes = files.map(({ lines }) => lines).toSorted((a, b) => a - b);
  return sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
}

function overBudget(files: readonly SourceFile[]): string[] {
  const own = files.filter((file) => !isTest(file));
  const [median, p95] = [quantile(own, 0.5), quantile(own, 0.95)];
  const reached = ({ imports }: SourceFile) => new Set(imports.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to)).size;
  return [
    ...(median > budget.median ? [`the median file has ${median} lines`] : []),
    ...(p95 > budget.p95 ? [`one file in twenty has more than ${p95} lines`] : []),
    ...files
      .filter((file) => file.lines > (isTest(file) ? budget.mostInTests : budget.most))
      .map(({ path, lines }) => `${path} has ${lines} lines`),
    ...own
      .filter((file) => reached(file) > budget.fanOut && !collectors.match(file.path))
      .map((file) => `${file.path} imports ${reached(file)} files`),
  ];
}

test("files stay small and reach few others", async () => {
  const files = await readFiles("src/**/*.{ts,tsx}", "tests/**/*.{ts,tsx}", "scripts/**/*.{ts,mjs}");
  expect(overBudget(files.filter((file) => !isGenerated(file)))).toEqual([]);
});

test("each budget can be broken", () => {
  const lines = (count: number) => "x\n".repeat(count);
  const many = (count: number, each: number) => Array.from({ length: count }, (_, i) => sourceFile(`src/f${i}.ts`, lines(each)));
  const imports = Array.from({ length: 16 }, (_, i) => `import { a } from "./f${i}.ts";\n`).join("");
  expect(overBudget(many(5, 101))).toEqual(["the median file has 101 lines"]);
  expect(overBudget([...many(18, 10), ...many(2, 360)])).toEqual(["one file in twenty has more than 360 lines"]);
  expect(overBudget([...many(60, 10), sourceFile("src/big.ts", lines(401))])).toEqual(["src/big.ts has 401 lines"]);
  expect(overBudget([sourceFile("src/a.test.ts", lines(601))])).toEqual(["src/a.test.ts has 601 lines"]);
  expect(overBudget([sourceFile("src/wide.ts", imports)])).toEqual(["src/wide.ts imports 16 files"]);
  expect(overBudget([sourceFile("src/hub/hub.ts", imports), ...many(5, 100), sourceFile("src/a.test.ts", lines(600))])).toEqual([]);
});
