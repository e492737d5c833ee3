import { inputRequired, InMemoryServerEventBus, type CallToolResult } from "@modelcontextprotocol/server";
import { says } from "./fake-tools.ts";
import { createNewTaskServer, keepTasks, type TaskTool } from "./new-task-server.ts";
import { serveMcp } from "./serve-mcp.ts";
import type { SeenTask, TaskUpstream } from "./task-upstream.ts";

const form = inputRequired.elicit({
  message: "Which name?",
  requestedSchema: { type: "object", properties: { name: { type: "string" } } },
});

/** The same as the old one, with the tasks extension of 2026-07-28. */
export function startNewTaskUpstream(): TaskUpstream {
  const begun: SeenTask[] = [];
  const methods: string[] = [];
  const kept = keepTasks(null);
  const held = () => {
    const ended = Promise.withResolvers<CallToolResult>();
    begun.push({ id: [...kept.byId.keys()].at(-1) ?? "", finish: (text) => ended.resolve(says(text)) });
    return ended.promise;
  };
  const tools: readonly TaskTool[] = [
    { name: "job", task: "may", run: held },
    { name: "must", task: "must", run: async () => says("done") },
    { name: "wait", task: "must", run: held },
    { name: "huge", task: "must", run: async () => says("x".repeat(10_000)) },
    {
      name: "ask",
      task: "must",
      async run(_args, { ask }) {
        const { content } = await ask("name", form);
        return says(String((content as { name?: string } | undefined)?.name));
      },
    },
    { name: "plain", task: "never", run: async () => says("plain") },
  ];
  const listener = serveMcp({
    createServer: () => createNewTaskServer(tools, kept),
    changes: new InMemoryServerEventBus(),
    async intercept(request) {
      const body = await request.clone().text();
      if (body !== "") methods.push(String((JSON.parse(body) as { method?: string }).method));
      return undefined;
    },
  });
  return { ...listener, begun, methods };
}
