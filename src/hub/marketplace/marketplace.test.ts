import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { silentLog } from "../kernel/log.ts";
import { listingOf } from "./listing.ts";
import { createListings } from "./listings.ts";
import type { InstallRecord } from "./install-store.ts";
import { createMarketplace, type MarketplaceDeps } from "./marketplace.ts";
import { officialKey, type RegistryEntry } from "./server-json.ts";

const entry: RegistryEntry = {
  server: { name: "a.b/files", version: "1.0.0", description: "" },
  _meta: { [officialKey]: { status: "deleted", statusMessage: "malware" } },
};

const record = {
  server: "files",
  name: "a.b/files",
  version: "1.0.0",
  state: "enabled",
  file: "/c.json5",
  entry: { command: "npx", args: ["x"] },
  secrets: ["TOKEN"],
} as unknown as InstallRecord;

function world(exclusively: MarketplaceDeps["exclusively"] = async (_, work) => (await work(), true)) {
  const records = new Map([["files", record]]);
  const changes: unknown[] = [];
  const told: unknown[] = [];
  const removed: string[] = [];
  const known = {
    name: "a.b/files",
    version: "1.0.0",
    status: "deleted",
    isLatest: true,
    publishedAt: 1,
    updatedAt: 1,
    listing: listingOf(entry),
  } as const;
  const unused = () => Promise.reject(new Error("not here"));
  const marketplace = createMarketplace({
    listings: createListings({ bundle: async () => [], store: { all: async () => [known], entry: async () => entry } }),
    installs: {
      all: async () => [...records.values()].map((one) => ({ ...one, updatedAt: 1 })),
      find: async (_, server) => records.get(server),
      put: async (_, next) => void records.set(next.server, next),
      remove: async (_, server) => void records.delete(server),
    },
    planDeps: {} as never,
    host: { reload: async () => undefined, entry: () => undefined, tryOut: unused },
    config: { change: async (_, change) => (changes.push(change), { backup: "/c.json5.bak" }) },
    secrets: { get: unused, set: unused, remove: async (server, name) => void removed.push(`${server}/${name}`) },
    disk: {} as never,
    runtime: fakeRuntime(),
    log: silentLog,
    files: () => ["/c.json5"],
    exclusively,
    sync: async () => ({ received: 1, skipped: 0, complete: true, withdrawn: ["a.b/files@1.0.0"] }),
    syncState: async () => ({}),
    bus: { publish: (_, data) => void told.push(data) },
  });
  return { marketplace, records, changes, told, removed };
}

const signal = new AbortController().signal;

test("C12 an installed version that the registry withdraws is disabled by the next sync, and the person is told why", async () => {
  const { marketplace, records, changes, told } = world();
  await marketplace.sync(signal);
  expect(changes).toEqual([
    { server: "files", entry: { command: "npx", args: ["x"], tools: { deny: ["*"] }, disabled: true }, backup: true },
  ]);
  expect(records.get("files")?.state).toBe("quarantined");
  expect(told).toContainEqual({ server: "files", name: "a.b/files", version: "1.0.0", message: "malware" });
  await marketplace.sync(signal);
  expect(changes).toHaveLength(1);
});

test("uninstalling keeps the secrets unless they are to be forgotten", async () => {
  const kept = world();
  expect(await kept.marketplace.uninstall("files", { tenant: "default", secrets: false })).toMatchObject({ keptSecrets: ["TOKEN"] });
  expect(kept.removed).toEqual([]);
  const forgotten = world();
  expect(await forgotten.marketplace.uninstall("files", { tenant: "default", secrets: true })).toMatchObject({ keptSecrets: [] });
  expect(forgotten.removed).toEqual(["files/TOKEN"]);
  expect(forgotten.changes).toEqual([{ server: "files", entry: undefined, backup: true }]);
});

test("what was not installed from here is not taken away, and two at once exclude each other", async () => {
  await expect(world().marketplace.uninstall("other", { tenant: "default", secrets: true })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const busy = world(async () => false).marketplace;
  await expect(busy.uninstall("files", { tenant: "default", secrets: true })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await busy.sync(signal)).toBe(false);
});
