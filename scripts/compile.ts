// How the program is compiled; `build.ts` does it for this machine, `release.ts` for all of them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BunPlugin } from "bun";
import manifest from "../package.json";

export const root = join(import.meta.dir, "..");
export const version = manifest.version;

export interface CompileOptions {
  readonly outfile: string;
  readonly target?: Bun.Build.CompileTarget;
  /** The Bun executable the program is appended to; this machine's own when absent. */
  readonly base?: string;
}

/** Ink imports the developer tools in a branch that never runs here; without the package the whole binary would not start. */
const withoutDevtools: BunPlugin = {
  name: "without-devtools",
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: "empty" }));
    build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default {};", loader: "js" }));
  },
};

/** Compiles `src/cli/main.ts` into one file that needs nothing else. */
export async function compile({ outfile, target, base }: CompileOptions): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(root, "src/cli/main.ts")],
    target: "bun",
    // Bytecode in the default format fails on the top-level await of Ink's layout engine.
    format: "esm",
    bytecode: true,
    // Names stay, so that the stack of a bug says where it is without a source map beside the program.
    minify: { whitespace: true, syntax: true, identifiers: false },
    // What a command does not reach is not read: `--version` loads the entry chunk only.
    splitting: true,
    sourcemap: "none",
    define: {
      BUILD_VERSION: JSON.stringify(version),
      BUILD_COMMIT: JSON.stringify(await commit()),
      "process.env.NODE_ENV": '"production"',
    },
    plugins: [withoutDevtools],
    // The user's `.env` and `bunfig.toml` belong to the user's project.
    compile: {
      outfile,
      ...(target && { target }),
      ...(base && { executablePath: base }),
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
    throw: false,
  });
  if (!result.success) throw new AggregateError(result.logs, `Could not compile ${outfile}`);
  // The source map is inside the program too.
  await rm(`${outfile}.map`, { force: true });
}

/** The commit this is built from; a source archive has none. */
async function commit(): Promise<string> {
  const { exitCode, stdout } = await Bun.$`git rev-parse --short=12 HEAD`.cwd(root).quiet().nothrow();
  return exitCode === 0 ? stdout.toString().trim() : "unknown";
}
