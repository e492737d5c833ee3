import { acceptedContent, inputRequired } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { TaskTool } from "../../support/new-task-server.ts";
import { says } from "./content.ts";

const Name = z.object({ name: z.string() });
const askName = () => inputRequired.elicit({ message: "What is your name?", requestedSchema: Name });
const confirm = inputRequired.elicit({ message: "Are you sure?", requestedSchema: z.object({ confirm: z.boolean() }) });

/** What the suite asks of a server with the tasks extension (SEP-2663). */
export const taskTools: readonly TaskTool[] = [
  { name: "greet", task: "never", run: async ({ name }) => says(`Hello, ${String(name)}!`) },
  {
    name: "slow_compute",
    task: "may",
    async run({ seconds, label }, { signal }) {
      await after(Number(seconds) * 1000, signal);
      return says(`${String(label)} is computed`);
    },
  },
  {
    name: "failing_job",
    task: "must",
    async run(_args, { signal }) {
      await after(1000, signal);
      return { ...says("It was not to be"), isError: true };
    },
  },
  { name: "protocol_error_job", task: "may", run: () => Promise.reject(new Error("It broke")) },
  {
    name: "confirm_delete",
    task: "may",
    async run({ filename }, { ask }) {
      await ask("confirm", confirm);
      return says(`${String(filename)} is deleted`);
    },
  },
  {
    name: "multi_input",
    task: "may",
    async run(_args, { ask }) {
      await Promise.all([ask("name", askName()), ask("confirm", confirm)]);
      return says("Thank you");
    },
  },
  {
    name: "test_tool_with_task",
    task: "must",
    before: ({ mcpReq }) => (nameIn(mcpReq) === undefined ? inputRequired({ inputRequests: { user_name: askName() } }) : undefined),
    run: async (_args, { context }) => says(`Hello, ${nameIn(context.mcpReq)}!`),
  },
];

const nameIn = ({ inputResponses }: { inputResponses?: Parameters<typeof acceptedContent>[0] }) =>
  acceptedContent(inputResponses, "user_name", Name)?.name;

/** Rejects when it is cancelled meanwhile. */
const after = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Error("cancelled"));
    });
  });
