import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import type { FakeTool } from "./fake-server.ts";

export const says = (text: string): CallToolResult => ({ content: [{ type: "text", text }] });

const object = (properties: NonNullable<Tool["inputSchema"]["properties"]>): Tool["inputSchema"] => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});

/** Answers with its `text`. */
export const echo: FakeTool = {
  name: "echo",
  description: "Says what it is told",
  inputSchema: object({ text: { type: "string" } }),
  annotations: { readOnlyHint: true },
  call: ({ text }) => says(String(text)),
};

/** Answers with `a + b`, as text and structured. */
export const add: FakeTool = {
  name: "add",
  description: "Adds two numbers",
  inputSchema: object({ a: { type: "number" }, b: { type: "number" } }),
  outputSchema: object({ sum: { type: "number" } }),
  call: ({ a, b }) => {
    const sum = Number(a) + Number(b);
    return { ...says(String(sum)), structuredContent: { sum } };
  },
};

/** Answers with an error of its own. */
export const fail: FakeTool = {
  name: "fail",
  description: "Always fails",
  call: () => ({ ...says("It was not to be"), isError: true }),
};

export const environment: FakeTool = {
  name: "environment",
  description: "Answers with its environment, arguments and working directory",
  call: () => says(JSON.stringify({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd(), pid: process.pid })),
};

/** So many tools that their list needs pages: `tool_001`, `tool_002`, … */
export const manyTools = (count: number): FakeTool[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `tool_${String(index + 1).padStart(3, "0")}`;
    return { name, description: `Number ${index + 1}`, call: () => says(name) };
  });

export interface SlowTool {
  readonly tool: FakeTool;
  /** A call has arrived. */
  readonly started: Promise<void>;
  /** The caller has given up on it. */
  readonly cancelled: Promise<void>;
  progress(done: number, total: number): Promise<void>;
  /** Lets the call end. */
  finish(text: string): void;
}

/** A tool that takes one call and holds it until the test lets go. */
export function slowTool(name = "slow"): SlowTool {
  const started = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<CallToolResult>();
  let report = (_done: number, _total: number): Promise<void> => Promise.reject(new Error(`${name} has not been called`));
  return {
    started: started.promise,
    cancelled: cancelled.promise,
    progress: (done, total) => report(done, total),
    finish: (text) => finished.resolve(says(text)),
    tool: {
      name,
      description: "Ends when it is told to",
      call(_args, { mcpReq }) {
        mcpReq.signal.addEventListener("abort", () => cancelled.resolve());
        report = async (progress, total) => {
          const progressToken = mcpReq._meta?.progressToken;
          if (progressToken === undefined) throw new Error("The caller did not ask for progress");
          await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total } });
        };
        started.resolve();
        return finished.promise;
      },
    },
  };
}
