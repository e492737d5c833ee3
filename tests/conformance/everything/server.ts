import { McpServer } from "@modelcontextprotocol/server";
import { addAskingTools } from "./asking-tools.ts";
import { addContentTools } from "./content-tools.ts";
import { says, text, user } from "./content.ts";
import { addLiveTools } from "./live-tools.ts";
import { addMultiRoundTools } from "./multi-round-tools.ts";
import { addPrompts } from "./prompts.ts";
import { addResources } from "./resources.ts";
import type { EverythingState } from "./state.ts";

/** The server the conformance suite is pointed at: one declaration, served in every era. */
export function createEverythingServer(state: EverythingState): McpServer {
  const server = new McpServer(
    { name: "everything", title: "Everything", version: "1.0.0" },
    {
      capabilities: {
        completions: {},
        logging: {},
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        tools: { listChanged: true },
      },
      instructions: "Calls nothing, changes nothing: every tool is there to be tested with",
      requestState: { verify: state.rounds.verify },
    },
  );
  addContentTools(server);
  addLiveTools(server, state);
  addAskingTools(server);
  addMultiRoundTools(server, state);
  addResources(server, state);
  addPrompts(server);
  followChanges(server, state);
  return server;
}

/** Keeps one instance in step with the process: its lists, and what it tells a client that has subscribed. */
function followChanges(server: McpServer, state: EverythingState): void {
  const tool = server.registerTool("test_dynamic_tool", { description: "Comes and goes" }, () => says("Here I am"));
  const prompt = server.registerPrompt("test_dynamic_prompt", { description: "Comes and goes" }, () => ({
    messages: [user(text("Here I am"))],
  }));
  const matchLists = () => {
    if (tool.enabled !== state.dynamicTool) tool.update({ enabled: state.dynamicTool });
    if (prompt.enabled !== state.dynamicPrompt) prompt.update({ enabled: state.dynamicPrompt });
  };
  matchLists();

  const watched = new Set<string>();
  server.server.setRequestHandler("resources/subscribe", ({ params }) => {
    watched.add(params.uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params }) => {
    watched.delete(params.uri);
    return {};
  });

  const unsubscribe = state.changes.subscribe((event) => {
    matchLists();
    if (event.kind === "resource_updated" && watched.has(event.uri)) void server.server.sendResourceUpdated({ uri: event.uri });
  });
  server.server.onclose = unsubscribe;
}
