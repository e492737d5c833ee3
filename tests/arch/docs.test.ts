import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { globalFlags } from "#cli/global-flags.ts";
import { kebab } from "#cli/flags.ts";
import { rootTable } from "#cli/root.ts";
import manifest from "../../package.json";
import { readFiles, sourceFile, type SourceFile } from "./source-tree.ts";

const root = join(import.meta.dir, "../..");
const pages = async () => (await readFiles("*.md", "docs/**/*.md")).filter(({ path }) => !path.startsWith("docs/reference/cli"));

/** Links to files that are not there. */
function brokenLinks({ path, text }: SourceFile): string[] {
  const links = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
  return links.filter((target) => !existsSync(join(root, dirname(path), target))).map((target) => `${path} links to ${target}`);
}

/** `npm run x` and `bun run x` of tasks that are none. */
function unknownTasks({ path, text }: SourceFile): string[] {
  const tasks = [...text.matchAll(/\b(?:npm|bun) run ([a-z]+)/g)].map(([, task]) => task!);
  return tasks.filter((task) => !(task in manifest.scripts)).map((task) => `${path} runs ${task}`);
}

/** Lines of code blocks that call a command, a verb or a flag that is none. */
async function unknownCommands({ path, text }: SourceFile): Promise<string[]> {
  const blocks = [...text.matchAll(/```(?:sh|json5?|ini)?\n([\s\S]*?)```/g)].map(([, block]) => block!).join("\n");
  const inline = [...text.matchAll(/`(hubctl [^`\n]+)`/g)].map(([, line]) => line!);
  const lines = [...blocks.matchAll(/(?<!-u )\bhubctl ([^\n'|#]+)/g)].map(([line]) => line).concat(inline);
  const wrong = await Promise.all(
    [...new Set(lines)].map(async (line) => ((await isCommand(line.split(/\s+/).slice(1))) ? [] : [`${path}: ${line.trim()}`])),
  );
  return wrong.flat();
}

async function isCommand([name = "", verb = "", ...rest]: string[]): Promise<boolean> {
  if (/^--(version|help)$/.test(name)) return true;
  const found = await rootTable[name]?.load();
  if (!found) return false;
  const command = found.kind === "command" ? found : await found.members[verb]?.();
  if (!command) return false;
  if (command.spec.passThrough) return true;
  const flags = new Set([...Object.keys(command.spec.flags), ...Object.keys(globalFlags)].map(kebab));
  const typed = [verb, ...rest].filter((word) => word.startsWith("--")).map((word) => word.slice(2).replace(/=.*/, ""));
  return typed.every((flag) => flags.has(flag));
}

test("links in the docs lead somewhere", async () => {
  expect((await pages()).flatMap(brokenLinks)).toEqual([]);
});

test("tasks and commands in the docs exist", async () => {
  const all = await pages();
  expect(all.length).toBeGreaterThan(10);
  expect(all.flatMap(unknownTasks)).toEqual([]);
  expect((await Promise.all(all.map(unknownCommands))).flat()).toEqual([]);
});

test("what is wrong in a page is found", async () => {
  const page = (text: string) => sourceFile("docs/a.md", text);
  expect(brokenLinks(page("[a](b.md) [c](https://example.com) [d](architecture.md#words)"))).toEqual(["docs/a.md links to b.md"]);
  expect(unknownTasks(page("run `bun run gen` or `npm run nothing`"))).toEqual(["docs/a.md runs nothing"]);
  expect(
    await unknownCommands(page("```sh\nhubctl servers list   # fine\nhubctl servers fly\nhubctl stdio --nope\n```\nand `hubctl nothing`")),
  ).toHaveLength(3);
});
