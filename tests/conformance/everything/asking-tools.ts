import { inputRequired, inputResponse, type ElicitRequestFormParams, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { says } from "./content.ts";

type FormSchema = ElicitRequestFormParams["requestedSchema"];

const DEFAULTS: FormSchema = {
  type: "object",
  properties: {
    name: { type: "string", description: "User name", default: "John Doe" },
    age: { type: "integer", description: "User age", default: 30 },
    score: { type: "number", description: "User score", default: 95.5 },
    status: { type: "string", description: "User status", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", description: "Verification status", default: true },
  },
  required: [],
};

const titled = (prefix: string, title: string) =>
  ["First", "Second", "Third"].map((nth, index) => ({ const: `${prefix}${index + 1}`, title: `${nth} ${title}` }));

const ENUMS: FormSchema = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
    titledSingle: { type: "string", oneOf: titled("value", "Option") },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
    titledMulti: { type: "array", items: { anyOf: titled("value", "Choice") } },
  },
  required: [],
};

const USER: FormSchema = {
  type: "object",
  properties: {
    username: { type: "string", description: "User's response" },
    email: { type: "string", description: "User's email address" },
  },
  required: ["username", "email"],
};

/**
 * Tools that need the client to answer something. They are written once: a 2026-07-28 client gets an `input_required`
 * result, an older one a request of its own on the stream, which the SDK sends in its place.
 */
export function addAskingTools(server: McpServer): void {
  server.registerTool(
    "test_sampling",
    { description: "Asks the client's model", inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, { mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, "sample");
      if (answer.kind === "sampling") return says(`LLM response: ${JSON.stringify(answer.result.content)}`);
      return inputRequired({
        inputRequests: {
          sample: inputRequired.createMessage({
            messages: [{ role: "user", content: { type: "text", text: prompt } }],
            maxTokens: 100,
          }),
        },
      });
    },
  );

  server.registerTool(
    "test_elicitation",
    { description: "Asks the user", inputSchema: z.object({ message: z.string() }) },
    ({ message }, { mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, "user");
      if (answer.kind === "elicit") return says(`User response: ${JSON.stringify(answer)}`);
      return ask("user", message, USER);
    },
  );

  for (const [name, schema] of [
    ["test_elicitation_sep1034_defaults", DEFAULTS],
    ["test_elicitation_sep1330_enums", ENUMS],
  ] as const)
    server.registerTool(name, { description: "Asks the user with a rich form" }, ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, "form");
      if (answer.kind !== "elicit") return ask("form", "Please fill in the form", schema);
      return says(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer)}`);
    });

  server.registerTool("test_streaming_elicitation", { description: "Reports progress, then asks" }, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? mcpReq.id;
    await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1, total: 2 } });
    if (inputResponse(mcpReq.inputResponses, "user").kind === "elicit") return says("Thank you");
    return ask("user", "Who are you?", USER);
  });

  // A client that has not declared sampling must be refused, not asked (-32021).
  server.registerTool("test_missing_capability", { description: "Needs a client that samples" }, ({ mcpReq }) => {
    if (inputResponse(mcpReq.inputResponses, "sample").kind === "sampling") return says("Sampled");
    return inputRequired({
      inputRequests: {
        sample: inputRequired.createMessage({
          messages: [{ role: "user", content: { type: "text", text: "Say hello" } }],
          maxTokens: 10,
        }),
      },
    });
  });
}

function ask(key: string, message: string, requestedSchema: FormSchema) {
  return inputRequired({ inputRequests: { [key]: inputRequired.elicit({ message, requestedSchema }) } });
}
