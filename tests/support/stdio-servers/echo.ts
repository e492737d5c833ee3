/** A server that behaves: tools, resources, prompts, progress, lists in pages, and lists that change when asked to. */
import { InMemoryServerEventBus, type ServerContext } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createFakeServer, type FakeTool, type Offer } from "../fake-server.ts";
import { add, echo, environment, fail, manyTools, says } from "../fake-tools.ts";

const changes = new InMemoryServerEventBus();

/** Reports `steps` times and waits for a cancellation or `ms` between them. */
const slow: FakeTool = {
  name: "slow",
  description: "Takes its time and reports progress",
  inputSchema: { type: "object", properties: { steps: { type: "integer" }, ms: { type: "integer" } } },
  async call({ steps = 3, ms = 20 }, { mcpReq }: ServerContext) {
    const progressToken = mcpReq._meta?.progressToken;
    for (let progress = 1; progress <= Number(steps) && !mcpReq.signal.aborted; progress++) {
      await pause(Number(ms), mcpReq.signal);
      if (progressToken !== undefined)
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: Number(steps) } });
    }
    return says(mcpReq.signal.aborted ? "cancelled" : "done");
  },
};

const crash: FakeTool = { name: "crash", description: "Ends the process without an answer", call: () => process.exit(7) };

const change: FakeTool = {
  name: "change",
  description: "Adds a tool, or removes it again, and says so",
  call() {
    offer = { ...offer, tools: offer.tools === tools ? [...tools, ...manyTools(7).slice(6)] : tools };
    changes.publish({ kind: "tools_list_changed" });
    return says(`There are ${offer.tools?.length} tools`);
  },
};

const tools = [echo, add, fail, slow, crash, change, environment, ...manyTools(6)];

let offer: Offer = {
  tools,
  pageSize: 5,
  instructions: "Echoes",
  resources: [{ uri: "echo://readme", name: "readme", mimeType: "text/plain", text: "Read me" }],
  templates: [{ uriTemplate: "echo://notes/{id}", name: "note", text: ({ id }) => `Note ${String(id)}` }],
  prompts: [
    {
      name: "greet",
      description: "Greets somebody",
      arguments: [{ name: "name", required: true }],
      get: ({ name }) => ({ messages: [{ role: "user", content: { type: "text", text: `Hello ${String(name)}` } }] }),
    },
  ],
};

serveStdio(() => createFakeServer(() => offer, changes));

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  AbortSignal.any([signal, AbortSignal.timeout(ms)]).addEventListener("abort", () => resolve());
  return promise;
}
