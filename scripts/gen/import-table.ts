import { join } from "node:path";
import { importExceptions, importTable } from "../../tests/arch/import-table.ts";
import { root } from "../compile.ts";
import { code, table, type Generator } from "./generated.ts";

const path = "docs/architecture.md";
const begin = "<!-- The import table: written by `bun run gen` from tests/arch/import-table.ts -->";
const end = "<!-- End of the import table -->";

/** Fills the import table into `docs/architecture.md`, from the data that the test over the imports holds. */
export const importTablePage: Generator = async () => {
  const text = await Bun.file(join(root, path)).text();
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} has lost the marks of its import table`);
  return [{ path, text: `${text.slice(0, before)}${begin}\n\n${rows()}\n\n${exceptions()}\n\n${text.slice(after)}` }];
};

function rows(): string {
  const list = (parts: readonly string[] = []) => (parts.includes("*") ? "everything" : parts.map(code).join(", ")) || "–";
  const lines = Object.entries(importTable).map(([part, { may, types, because }]) => [code(part), list(may), list(types), because]);
  return table(["part", "may import", "types only", "because it is"], lines);
}

function exceptions(): string {
  const lines = Object.entries(importExceptions).map(([file, parts]) => `- ${code(file)} also imports ${parts.map(code).join(", ")}`);
  return ["These files reach further than their part:", "", ...lines].join("\n");
}
