import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type ClientCapabilities,
  type InputRequests,
  type McpServer,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { says } from "./content.ts";
import type { EverythingState, Round } from "./state.ts";

const Name = z.object({ name: z.string() });
const Color = z.object({ color: z.string() });
const Confirmation = z.object({ ok: z.boolean() });

const askName = (message = "What is your name?") => inputRequired.elicit({ message, requestedSchema: Name });
const askColor = (message: string) => inputRequired.elicit({ message, requestedSchema: Color });
const askModel = (prompt: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens });

/** The `input_required` tools of SEP-2322: each answers only once the client has brought what it asked for. */
export function addMultiRoundTools(server: McpServer, state: EverythingState): void {
  addSingleQuestionTools(server);
  addRequestStateTools(server, state);
  addCapabilityTool(server);
}

function addSingleQuestionTools(server: McpServer): void {
  server.registerTool("test_input_required_result_elicitation", { description: "Asks for a name" }, ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, "user_name", Name);
    if (!answer) return inputRequired({ inputRequests: { user_name: askName() } });
    return says(`Hello, ${answer.name}!`);
  });

  server.registerTool("test_input_required_result_sampling", { description: "Asks the client's model" }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "capital_question");
    if (answer.kind === "sampling") return says(`The model said: ${JSON.stringify(answer.result.content)}`);
    return inputRequired({ inputRequests: { capital_question: askModel("What is the capital of France?", 100) } });
  });

  server.registerTool("test_input_required_result_list_roots", { description: "Asks for the roots" }, ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, "client_roots");
    if (answer.kind === "roots") return says(`Roots: ${answer.roots.map((root) => root.uri).join(", ")}`);
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
}

function addRequestStateTools(server: McpServer, { rounds }: EverythingState): void {
  for (const name of ["test_input_required_result_request_state", "test_input_required_result_tampered_state"])
    server.registerTool(name, { description: "Asks to confirm, remembering that it asked" }, async ({ mcpReq }) => {
      const confirmed = acceptedContent(mcpReq.inputResponses, "confirm", Confirmation);
      if (confirmed && mcpReq.requestState<Round>()?.step === 1) return says("state-ok");
      return inputRequired({
        inputRequests: { confirm: inputRequired.elicit({ message: "Please confirm", requestedSchema: Confirmation }) },
        requestState: await rounds.mint({ step: 1 }),
      });
    });

  server.registerTool("test_input_required_result_multiple_inputs", { description: "Asks three things at once" }, async ({ mcpReq }) => {
    const name = acceptedContent(mcpReq.inputResponses, "user_name", Name)?.name;
    const greeting = inputResponse(mcpReq.inputResponses, "greeting");
    const roots = inputResponse(mcpReq.inputResponses, "client_roots");
    if (name && greeting.kind === "sampling" && roots.kind === "roots")
      return says(`${JSON.stringify(greeting.result.content)} ${name}, you have ${roots.roots.length} roots`);
    return inputRequired({
      inputRequests: {
        user_name: askName(),
        greeting: askModel("Generate a greeting", 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await rounds.mint({ step: 1 }),
    });
  });

  server.registerTool("test_input_required_result_multi_round", { description: "Asks twice, one after the other" }, async ({ mcpReq }) => {
    const round = mcpReq.requestState<Round>();
    const name = acceptedContent(mcpReq.inputResponses, "step1", Name)?.name ?? round?.name;
    if (!round || !name)
      return inputRequired({
        inputRequests: { step1: askName("Step 1: What is your name?") },
        requestState: await rounds.mint({ step: 1 }),
      });
    const color = acceptedContent(mcpReq.inputResponses, "step2", Color)?.color;
    if (round.step < 2 || !color)
      return inputRequired({
        inputRequests: { step2: askColor("Step 2: What is your favorite color?") },
        requestState: await rounds.mint({ step: 2, name }),
      });
    return says(`${name} likes ${color}`);
  });
}

function addCapabilityTool(server: McpServer): void {
  server.registerTool("test_input_required_result_capabilities", { description: "Asks only what the client can answer" }, ({ mcpReq }) => {
    if (Object.keys(mcpReq.inputResponses ?? {}).length > 0) return says("Thank you");
    // A pinned stdio instance knows a 2026-07-28 client by its requests only; an older client has said it once, at initialize.
    const envelope: { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
    const capabilities = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities() ?? {};
    const inputRequests: InputRequests = {
      ...(capabilities.elicitation && { user_name: askName() }),
      ...(capabilities.sampling && { greeting: askModel("Generate a greeting", 50) }),
      ...(capabilities.roots && { client_roots: inputRequired.listRoots() }),
    };
    if (Object.keys(inputRequests).length === 0) return says("This client can be asked nothing");
    return inputRequired({ inputRequests });
  });
}
