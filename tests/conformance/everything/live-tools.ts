import type { McpServer } from "@modelcontextprotocol/server";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { says } from "./content.ts";
import type { EverythingState } from "./state.ts";

const pause = () => systemRuntime.clock.sleep(50);

/** Tools that say something before they answer: progress, log messages, a stream closed and resumed, lists that change. */
export function addLiveTools(server: McpServer, state: EverythingState): void {
  server.registerTool("test_tool_with_progress", { description: "Reports progress" }, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await pause();
      if (progressToken !== undefined)
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
    }
    return says(String(progressToken ?? "no progress token"));
  });

  server.registerTool("test_tool_with_logging", { description: "Logs while it works" }, async ({ mcpReq }) => {
    await mcpReq.log("info", "Tool execution started");
    await pause();
    await mcpReq.log("info", "Tool processing data");
    await pause();
    await mcpReq.log("info", "Tool execution completed");
    return says("Tool with logging executed");
  });

  server.registerTool("test_logging_tool", { description: "Logs once, if the request asked for logs" }, async ({ mcpReq }) => {
    await mcpReq.log("info", "test_logging_tool was called");
    return says("Logged");
  });

  // SEP-1699: the server hangs up mid-call, the client comes back with Last-Event-ID and gets the result then.
  server.registerTool("test_reconnection", { description: "Closes its stream before it answers" }, async ({ http }) => {
    http?.closeSSE?.();
    await pause();
    return says("Reconnection test completed");
  });

  server.registerTool("test_trigger_tool_change", { description: "Adds or removes a tool" }, () => {
    state.dynamicTool = !state.dynamicTool;
    state.changes.publish({ kind: "tools_list_changed" });
    return says("Tool list changed");
  });

  server.registerTool("test_trigger_prompt_change", { description: "Adds or removes a prompt" }, () => {
    state.dynamicPrompt = !state.dynamicPrompt;
    state.changes.publish({ kind: "prompts_list_changed" });
    return says("Prompt list changed");
  });

  server.registerTool("test_trigger_resource_update", { description: "Changes the watched resource" }, () => {
    state.watchedRevision++;
    state.changes.publish({ kind: "resource_updated", uri: "test://watched-resource" });
    return says(`Watched resource is at revision ${state.watchedRevision}`);
  });
}
