import { expect, test } from "bun:test";
import { importExceptions, importTable, partOf } from "./import-table.ts";
import { isTest, readFiles, sourceFile, type ProjectImport, type SourceFile } from "./source-tree.ts";

/** Every import that crosses a border the table does not open. */
function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => file.imports.filter((one) => !isAllowed(file.path, one)).map(({ to }) => `${file.path} → ${to}`));
}

function isAllowed(path: string, { to, typeOnly }: ProjectImport): boolean {
  const [from, target] = [partOf(path) ?? "", partOf(to)];
  if (target === undefined || target === from || importExceptions[path]?.includes(target)) return true;
  const row = importTable[from];
  const open = [...(row?.may ?? []), ...((typeOnly && row?.types) || [])];
  return open.includes("*") || open.includes(target);
}

test("nobody imports what the table does not allow", async () => {
  const files = (await readFiles("src/**/*.{ts,tsx}")).filter((file) => !isTest(file));
  expect(files.length).toBeGreaterThan(50);
  expect(forbiddenImports(files)).toEqual([]);
});

test("every part of the tree has a row, and every row a part", async () => {
  const parts = new Set((await readFiles("src/**/*.{ts,tsx}")).map(({ path }) => partOf(path)));
  expect([...parts].filter((part) => part === undefined || !(part in importTable))).toEqual([]);
  expect(Object.keys(importTable).filter((part) => !parts.has(part))).toEqual([]);
});

test("a forbidden import is found, in each of its forms", () => {
  const bad = (path: string, text: string) => forbiddenImports([sourceFile(path, text)]);
  expect(bad("src/hub/kernel/log.ts", `import { open } from "../store/open-store.ts";\n`)).toEqual([
    "src/hub/kernel/log.ts → src/hub/store/open-store.ts",
  ]);
  expect(bad("src/hub/catalog/call.ts", `import {\n  start,\n} from "#hub/servers/servers.ts";\n`)).toHaveLength(1);
  expect(bad("src/hub/catalog/call.ts", `const { start } = await import("#hub/servers/servers.ts");\n`)).toHaveLength(1);
  expect(bad("src/hub/catalog/call.ts", `export { start } from "../servers/servers.ts";\n`)).toHaveLength(1);
  expect(bad("src/hub/servers/a.ts", `import "../gateway/listener.ts";\n`)).toHaveLength(1);
  expect(bad("src/hub/servers/a.ts", `import type { Tables } from "../../tui/theme.ts";\n`)).toHaveLength(1);
  expect(bad("src/hub/servers/a.ts", `import { help } from "../../../scripts/gen.ts";\n`)).toHaveLength(1);
});

test("what the table allows passes, types only where it says so", () => {
  const bad = (path: string, text: string) => forbiddenImports([sourceFile(path, text)]);
  expect(
    bad(
      "src/hub/catalog/call.ts",
      `import type { Server } from "../servers/schema.ts";\nimport { HubError } from "../kernel/errors.ts";\n`,
    ),
  ).toEqual([]);
  expect(bad("src/hub/catalog/call.ts", `import { type Server, type Tool } from "../servers/schema.ts";\n`)).toEqual([]);
  expect(bad("src/cli/commands/serve.ts", `import { createHub } from "#hub/hub.ts";\n`)).toEqual([]);
  expect(bad("src/cli/commands/doctor.ts", `import { createHub } from "#hub/hub.ts";\n`)).toHaveLength(1);
});
