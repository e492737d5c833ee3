import { acceptedContent, completable, inputRequired, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { image, text, user } from "./content.ts";

const Context = z.object({ context: z.string() });

const cities = ["paris", "park", "party", "test", "testing"];

/** Prompts with and without arguments, with embedded content, and one that asks before it answers. */
export function addPrompts(server: McpServer): void {
  server.registerPrompt("test_simple_prompt", { description: "A prompt without arguments" }, () => ({
    messages: [user(text("This is a simple prompt for testing."))],
  }));

  server.registerPrompt(
    "test_prompt_with_arguments",
    {
      description: "A prompt with two arguments",
      argsSchema: z.object({
        arg1: completable(z.string().describe("First test argument"), (typed) => cities.filter((city) => city.startsWith(typed))),
        arg2: z.string().describe("Second test argument"),
      }),
    },
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );

  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    {
      description: "A prompt that embeds a resource",
      argsSchema: z.object({ resourceUri: z.string().describe("URI of the resource to embed") }),
    },
    ({ resourceUri }) => ({
      messages: [
        user({
          type: "resource" as const,
          resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        }),
        user(text("Please process the embedded resource above.")),
      ],
    }),
  );

  server.registerPrompt("test_prompt_with_image", { description: "A prompt that shows an image" }, () => ({
    messages: [user(image()), user(text("Please analyze the image above."))],
  }));

  server.registerPrompt("test_input_required_result_prompt", { description: "A prompt that asks first" }, ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, "user_context", Context);
    if (answer) return { messages: [user(text(`Use this context: ${answer.context}`))] };
    return inputRequired({
      inputRequests: {
        user_context: inputRequired.elicit({
          message: "What context should the prompt use?",
          requestedSchema: Context,
        }),
      },
    });
  });
}
