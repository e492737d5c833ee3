import { inputRequired, inputResponse, type InputRequests } from "@modelcontextprotocol/server";
import type { FakeTool } from "./fake-server.ts";
import { says } from "./fake-tools.ts";

const form = (field: string): InputRequests[string] =>
  inputRequired.elicit({ message: `Which ${field}?`, requestedSchema: { type: "object", properties: { [field]: { type: "string" } } } });

const questions: Readonly<Record<string, () => InputRequests[string]>> = {
  form: () => form("name"),
  url: () => inputRequired.elicitUrl({ message: "Sign in", url: "https://as.example/sign-in" }),
  sampling: () => inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: "Capital?" } }], maxTokens: 10 }),
  roots: () => inputRequired.listRoots(),
};

/** Asks its client what `what` names, `rounds` times one after the other, and answers with all that it heard. */
export const asking: FakeTool = {
  name: "ask",
  description: "Asks back",
  inputSchema: { type: "object", properties: { what: { type: "string" }, rounds: { type: "integer" } } },
  call({ what, rounds = 1 }, { mcpReq }) {
    const before = JSON.parse(mcpReq.requestState<string>() ?? "[]") as string[];
    const heard = inputResponse(mcpReq.inputResponses, "q");
    const all = heard.kind === "missing" ? before : [...before, textOf(heard)];
    if (all.length >= Number(rounds)) return says(all.join(" "));
    return inputRequired({ inputRequests: { q: questions[String(what)]!() }, requestState: JSON.stringify(all) });
  },
};

function textOf(heard: Exclude<ReturnType<typeof inputResponse>, { kind: "missing" }>): string {
  if (heard.kind === "roots") return heard.roots.map(({ uri }) => uri).join();
  if (heard.kind === "sampling") return JSON.stringify(heard.result.content);
  return `${heard.action}${heard.content ? JSON.stringify(heard.content) : ""}`;
}
