import { z } from "zod";
import { createAudit } from "#hub/audit/audit.ts";
import { createEventBus } from "#hub/event-log/event-bus.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { openStore } from "#hub/store/open-store.ts";
import { createKeySource } from "#hub/vault/keys.ts";
import { createVault } from "#hub/vault/vault.ts";

/** A hub of its own process, as far as the store goes: `store-worker.ts <store> <name> <rows>`. */
const [location, name, rows] = Bun.argv.slice(2) as [string, string, string];
const { clock } = systemRuntime;
const store = await openStore({ location, runtime: systemRuntime, log: silentLog });
const vault = await createVault({
  store,
  keys: createKeySource(systemRuntime, pathsOf(systemRuntime)),
  runtime: systemRuntime,
  log: silentLog,
});
await vault.set("default", name, `secret of ${name}`);

const audit = createAudit({ store, clock, log: silentLog });
const counted = { version: 1, summary: "A number came", level: "info" as const, data: z.object({ n: z.int() }) };
const bus = createEventBus({ definitions: { test: { counted } }, store, clock, log: silentLog, hub: "all" });
for (let n = 1; n <= Number(rows); n++) {
  await audit.append({ tenant: "default", principal: name, action: "test.write", target: String(n), outcome: "OK" });
  bus.publish(counted, { n });
  if (n === 50) await Bun.write(Bun.stdout, "50 rows\n");
}
await bus.settled();
await store.close();
