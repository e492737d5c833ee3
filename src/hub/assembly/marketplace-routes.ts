import { mcpHubMarketplaceRoutes } from "../gateway/compat/marketplace/mcp-hub-routes.ts";
import { registryRoutes } from "../gateway/compat/marketplace/registry-routes.ts";
import type { Authenticate } from "../gateway/rest.ts";
import type { Route } from "../gateway/routes.ts";
import type { Log } from "../kernel/log.ts";
import type { OperationGuard } from "../kernel/operation.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Marketplace } from "../marketplace/marketplace.ts";
import { createMcpHubList } from "../marketplace/mcp-hub-list.ts";
import { registryPage, registryVersions } from "../marketplace/subregistry.ts";

interface Common {
  readonly authenticate: Authenticate;
  readonly guard: OperationGuard;
  readonly clock: Clock;
  readonly log: Log;
}

/** The marketplace's doors besides its operations: as a registry, and as mcp-hub's clients know it. */
export const marketplaceRoutes = ({ listings }: Marketplace, common: Common): Route[] => [
  ...registryRoutes({
    ...common,
    registry: {
      page: (query) => registryPage(listings, query),
      versions: (name) => registryVersions(listings, name),
      entry: (name, version) => listings.entry(name, version),
    },
  }),
  ...mcpHubMarketplaceRoutes({ ...common, marketplace: createMcpHubList(listings) }),
];
