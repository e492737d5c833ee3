/** A server whose lists fit one page, for mcp-hub reads no further, and change when it is asked to. */
import { InMemoryServerEventBus } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createFakeServer, type FakeTool, type Offer } from "../../support/fake-server.ts";
import { echo, environment, says } from "../../support/fake-tools.ts";

const changes = new InMemoryServerEventBus();

const change: FakeTool = {
  name: "change",
  description: "Adds a tool, a resource and a prompt",
  call() {
    offer = {
      ...offer,
      tools: [...offer.tools!, echo],
      resources: [{ uri: "changing://new", name: "new", text: "New" }],
      prompts: [{ name: "new", get: () => ({ messages: [] }) }],
    };
    for (const kind of ["tools", "resources", "prompts"] as const) changes.publish({ kind: `${kind}_list_changed` });
    return says("changed");
  },
};

let offer: Offer = { tools: [change, environment], resources: [], prompts: [] };

serveStdio(() => createFakeServer(() => offer, changes));
