import { InMemoryTaskMessageQueue, InMemoryTaskStore, type ToolTaskHandler } from "@modelcontextprotocol/sdk/experimental/tasks/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { SeenTask, TaskUpstream } from "./task-upstream.ts";

const says = (text: string) => ({ content: [{ type: "text" as const, text }] });

/** A server of SDK v1 with tasks, as its users write them. */
export function startOldTaskUpstream(): TaskUpstream {
  const store = new InMemoryTaskStore();
  const begun: SeenTask[] = [];
  const methods: string[] = [];
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  const createServer = () => {
    const server = new McpServer(
      { name: "old-tasks", version: "1" },
      {
        capabilities: { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
        taskStore: store,
        taskMessageQueue: new InMemoryTaskMessageQueue(),
      },
    );
    const handler = (work: (task: SeenTask) => void): ToolTaskHandler<{}> => ({
      async createTask(_args, { taskStore, taskRequestedTtl }) {
        const task = await taskStore.createTask({ ttl: taskRequestedTtl ?? null, pollInterval: 20 });
        const seen = { id: task.taskId, finish: (text: string) => taskStore.storeTaskResult(task.taskId, "completed", says(text)) };
        begun.push(seen);
        work(seen);
        return { task };
      },
      getTask: (_args, { taskId, taskStore }) => taskStore.getTask(taskId),
      getTaskResult: async (_args, { taskId, taskStore }) => (await taskStore.getTaskResult(taskId)) as ReturnType<typeof says>,
    });
    const add = (name: string, taskSupport: "optional" | "required", work: (task: SeenTask) => void) =>
      server.experimental.tasks.registerToolTask(name, { inputSchema: {}, execution: { taskSupport } }, handler(work));
    add("job", "optional", () => undefined);
    add("must", "required", (task) => void task.finish("done"));
    add("wait", "required", () => undefined);
    add("huge", "required", (task) => void task.finish("x".repeat(10_000)));
    add("ask", "required", ({ id, finish }) => {
      const form = {
        message: "Which name?",
        requestedSchema: { type: "object" as const, properties: { name: { type: "string" as const } } },
      };
      void server.server.elicitInput(form, { relatedTask: { taskId: id } }).then(
        ({ content }) => finish(String(content?.["name"])),
        (cause: Error) => finish(cause.message),
      );
    });
    server.registerTool("plain", {}, () => says("plain"));
    return server;
  };

  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    reusePort: false,
    idleTimeout: 0,
    async fetch(request) {
      const body = await request.clone().text();
      if (body !== "") methods.push(String((JSON.parse(body) as { method?: string }).method));
      const known = sessions.get(request.headers.get("mcp-session-id") ?? "");
      if (known) return known.handleRequest(request);
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id) => void sessions.set(id, transport),
      });
      await createServer().connect(transport);
      return transport.handleRequest(request);
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}/mcp`,
    begun,
    methods,
    async [Symbol.asyncDispose]() {
      store.cleanup();
      await Promise.all([...sessions.values()].map((transport) => transport.close()));
      await listener.stop(true);
    },
  };
}
