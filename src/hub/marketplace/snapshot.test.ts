import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import manifest from "../../../registry-cache/manifest.json";
import { mcpHubEntry, mcpHubIds } from "./mcp-hub-entry.ts";
import { listingOf } from "./listing.ts";
import { createListings } from "./listings.ts";
import { readmeOf } from "./readme.ts";
import { RegistryEntry, ServerJson } from "./server-json.ts";
import { readSnapshot } from "./snapshot.ts";

const entries = await readSnapshot();

test("the bundle is the one its manifest speaks of, and every source may be passed on", async () => {
  const bytes = await Bun.file(join(import.meta.dir, "../../../registry-cache", manifest.snapshot)).bytes();
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(manifest.sha256);
  expect(bytes.length).toBeLessThan(2_000_000);
  expect(entries.length).toBe(manifest.versions);
  for (const source of manifest.sources) {
    expect(["CC0-1.0", "MIT"]).toContain(source.licence);
    expect(source.notice).not.toBe("");
    expect(source.sha256).toMatch(/^[a-f0-9]{64}$/);
  }
});

test("every bundled entry is listed, and nearly every one can be read whole", () => {
  for (const entry of entries) expect(RegistryEntry.safeParse(entry).success).toBe(true);
  const unreadable = entries.filter(({ server }) => !ServerJson.safeParse(server).success);
  expect(unreadable.length / entries.length).toBeLessThan(0.01);
});

test("nothing in a page or a listing can deceive the eye", () => {
  for (const entry of entries) {
    expect(readmeOf(entry)).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2066-\u2069]/);
    expect(listingOf(entry).title).not.toMatch(/\p{Cc}/u);
  }
});

test("a missing bundle says so", async () => {
  await expect(readSnapshot("/nowhere.zst")).rejects.toMatchObject({ code: "INTERNAL" });
});

test("for mcp-hub's clients every id is one they take, and every hole of a configuration has its one parameter", async () => {
  const listings = createListings({ bundle: async () => entries, store: { all: async () => [], entry: async () => undefined } });
  const all = await listings.all();
  const ids = mcpHubIds(all);
  expect(new Set(ids.values()).size).toBe(all.length);
  let installable = 0;
  for (const { name } of all) {
    const id = ids.get(name)!;
    expect(id).toMatch(/^[A-Za-z0-9_]{3,}$/);
    const entry = mcpHubEntry(await listings.entry(name), id);
    if (!entry) continue;
    installable++;
    for (const { config, parameters } of entry.installations) {
      const parsed = JSON.parse(config) as { command?: string; url?: string };
      expect(typeof (parsed.command ?? parsed.url)).toBe("string");
      const holes = new Set([...config.matchAll(/\$\{([^}]*)\}/g)].map(([, key]) => key!));
      const keys = parameters.map(({ key }) => key);
      expect(new Set(keys)).toEqual(holes);
      for (const key of keys) expect(key).toMatch(/^[A-Z0-9_]+$/);
    }
  }
  expect(installable).toBeGreaterThan(1_000);
});
