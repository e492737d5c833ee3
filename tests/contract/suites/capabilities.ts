import { expect, test } from "bun:test";
import { createCapabilityStore } from "#hub/store/capability-store.ts";
import { fakeClock } from "../../support/fake-runtime.ts";
import type { OpenEmpty } from "../store-kinds.ts";

export function capabilitiesSuite(openEmpty: OpenEmpty): void {
  test("capabilities are remembered per tenant and server", async () => {
    const store = await openEmpty();
    await store.db.insertInto("tenants").values({ id: "t1", name: "One", created_at: 1 }).execute();
    const [mine, theirs] = ["default", "t1"].map((tenant) => createCapabilityStore(store, fakeClock(500), tenant));
    await mine!.save("github", "h1", { tools: [{ name: "old" }] });
    await mine!.save("github", "h2", { tools: [{ name: "naïve ✓" }] });
    await mine!.save("files", "h3", null);
    await theirs!.save("github", "h4", {});
    expect([...(await mine!.load())]).toEqual([
      ["files", { configHash: "h3", capabilities: null, at: 500 }],
      ["github", { configHash: "h2", capabilities: { tools: [{ name: "naïve ✓" }] }, at: 500 }],
    ]);
    await mine!.remove("github");
    expect([...(await mine!.load()).keys()]).toEqual(["files"]);
    expect([...(await theirs!.load()).keys()]).toEqual(["github"]);
  });
}
