// Compiles `dist/hubctl` for this machine, or for another with `--target bun-linux-arm64`.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile, root } from "./compile.ts";

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const target = values.target as Bun.Build.CompileTarget | undefined;
const windows = (target ?? process.platform).startsWith(target ? "bun-windows" : "win32");
const outfile = values.outfile ?? join(root, "dist", windows ? "hubctl.exe" : "hubctl");

const started = performance.now();
await compile({ outfile, target });
const megabytes = (Bun.file(outfile).size / 1e6).toFixed(1);
console.log(`${outfile} (${megabytes} MB, ${((performance.now() - started) / 1000).toFixed(1)} s)`);
