import { join, normalize } from "node:path";

/** One import of another file of this project. */
export interface ProjectImport {
  /** Path from the root of the project. */
  readonly to: string;
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly ProjectImport[];
  /** What it imports from elsewhere: packages and built-in modules. */
  readonly packages: readonly string[];
}

const root = join(import.meta.dir, "../..");

/** Reads the files of this project that fit one of the patterns. */
export async function readFiles(...patterns: readonly string[]): Promise<readonly SourceFile[]> {
  const paths = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })]);
  const own = [...new Set(paths)].filter((path) => !/(^|\/)(node_modules|dist|coverage|\.git)\//.test(path)).toSorted();
  return Promise.all(own.map(async (path) => sourceFile(path, await Bun.file(join(root, path)).text())));
}

/** A file as the checks see it; tests pass text of their own to show that a check can fail. */
export function sourceFile(path: string, text: string): SourceFile {
  const found = importsOf(text);
  const imports = found.flatMap(({ specifier, typeOnly }) => {
    const to = resolve(path, specifier);
    return to === undefined ? [] : [{ to, typeOnly }];
  });
  const packages = found.map(({ specifier }) => specifier).filter((specifier) => resolve(path, specifier) === undefined);
  return { path, text, lines: text.split("\n").length - 1, imports, packages };
}

export const isTest = ({ path }: SourceFile): boolean => /\.test\.tsx?$/.test(path) || path.startsWith("tests/");
export const isGenerated = ({ path }: SourceFile): boolean => path.includes(".gen.");

/** `Bun.Transpiler.scanImports` would do, but it drops type-only imports, and those count too. */
const statement = /^\s*(?:import|export)\s+(type\s+)?(?:([\w*{][^;"'`]*?)\s*from\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  return [...text.matchAll(statement)].map(([, type, names, fixed, lazy]) => ({
    specifier: fixed ?? lazy ?? "",
    typeOnly: type !== undefined || onlyTypes(names ?? ""),
  }));
}

/** True for `{ type A, type B }`. */
function onlyTypes(names: string): boolean {
  const listed = /^\{([^}]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(",")
    .filter((name) => name.trim() !== "");
  return listed !== undefined && listed.length > 0 && listed.every((name) => name.trim().startsWith("type "));
}

function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return `src/${specifier.slice(1)}`;
  return specifier.startsWith(".") ? normalize(join(from, "..", specifier)) : undefined;
}
