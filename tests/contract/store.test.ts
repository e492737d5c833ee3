import { onEveryStore } from "./store-kinds.ts";
import { auditSuite } from "./suites/audit.ts";
import { capabilitiesSuite } from "./suites/capabilities.ts";
import { eventsSuite } from "./suites/events.ts";
import { leasesSuite } from "./suites/leases.ts";
import { schemaSuite } from "./suites/schema.ts";
import { toolStatsSuite } from "./suites/tool-stats.ts";
import { vaultSuite } from "./suites/vault.ts";

onEveryStore((openEmpty) => {
  schemaSuite(openEmpty);
  leasesSuite(openEmpty);
  capabilitiesSuite(openEmpty);
  vaultSuite(openEmpty);
  auditSuite(openEmpty);
  eventsSuite(openEmpty);
  toolStatsSuite(openEmpty);
});
