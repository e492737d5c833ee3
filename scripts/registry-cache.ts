// Builds the offline part of the marketplace: `bun scripts/registry-cache.ts <directory with the registries' files>`.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { root } from "./compile.ts";
import { fromDocker } from "./registry-cache/docker.ts";
import { fromMcpm } from "./registry-cache/mcpm.ts";
import { fromOfficial } from "./registry-cache/official.ts";
import { sources, type Source } from "./registry-cache/sources.ts";
import type { Entry } from "./registry-cache/entry.ts";

const [directory] = process.argv.slice(2);
if (!directory) throw new Error("Say where the registries' files are: bun scripts/registry-cache.ts <directory>");

const readers: Record<Source["id"], (data: unknown) => Entry[]> = { official: fromOfficial, mcpm: fromMcpm, docker: fromDocker };

const described = [];
const entries: Entry[] = [];
for (const { id, file, ...source } of sources) {
  const bytes = await Bun.file(join(directory, file)).bytes();
  const read = readers[id](JSON.parse(new TextDecoder().decode(bytes)));
  entries.push(...read);
  described.push({
    id,
    ...source,
    file,
    sha256: sha256(bytes),
    servers: new Set(read.map(({ server }) => server.name)).size,
    versions: read.length,
  });
}

const text = JSON.stringify({ servers: entries.toSorted(byName) });
const snapshot = Bun.zstdCompressSync(text, { level: 19 });
const manifest = {
  snapshot: "snapshot.json.zst",
  sha256: sha256(snapshot),
  bytes: text.length,
  servers: new Set(entries.map(({ server }) => server.name)).size,
  versions: entries.length,
  sources: described,
};
await Bun.write(join(root, "registry-cache/snapshot.json.zst"), snapshot);
await Bun.write(join(root, "registry-cache/manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(`${manifest.servers} servers, ${manifest.versions} versions, ${snapshot.length} bytes`);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function byName(a: Entry, b: Entry): number {
  return a.server.name < b.server.name ? -1 : a.server.name > b.server.name ? 1 : 0;
}
