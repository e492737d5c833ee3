import { expect, test } from "bun:test";
import { isTest, readFiles, sourceFile, type SourceFile } from "./source-tree.ts";

/** Groups of files that import each other in a circle (Tarjan's strongly connected components); types count too. */
function cycles(files: readonly SourceFile[]): string[][] {
  const edges = new Map(files.map(({ path, imports }) => [path, imports.map(({ to }) => to)]));
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const own = order.size;
    order.set(path, own);
    low.set(path, own);
    stack.push(path);
    for (const next of edges.get(path) ?? []) {
      if (!edges.has(next)) continue;
      if (!order.has(next)) low.set(path, Math.min(low.get(path)!, visit(next)));
      else if (stack.includes(next)) low.set(path, Math.min(low.get(path)!, order.get(next)!));
    }
    if (low.get(path) === own) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1 || edges.get(path)?.includes(path)) found.push(group);
    }
    return low.get(path)!;
  };
  for (const path of edges.keys()) if (!order.has(path)) visit(path);
  return found;
}

test("no file reaches itself through its imports", async () => {
  expect(cycles((await readFiles("src/**/*.{ts,tsx}", "scripts/**/*.ts")).filter((file) => !isTest(file)))).toEqual([]);
});

test("a circle is found, also one of types and one of a single file", () => {
  const a = sourceFile("src/a.ts", `import { b } from "./b.ts";\n`);
  const b = sourceFile("src/b.ts", `import { c } from "./c.ts";\n`);
  const c = sourceFile("src/c.ts", `import type { A } from "./a.ts";\n`);
  expect(cycles([a, b, c]).map((group) => group.toSorted())).toEqual([["src/a.ts", "src/b.ts", "src/c.ts"]]);
  expect(cycles([a, b, sourceFile("src/c.ts", "")])).toEqual([]);
  expect(cycles([sourceFile("src/a.ts", `import "./a.ts";\n`)])).toEqual([["src/a.ts"]]);
});
