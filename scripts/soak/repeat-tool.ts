import type { Offer } from "../../tests/support/fake-server.ts";
import { says } from "../../tests/support/fake-tools.ts";

/** What every server of the run offers: a tool that answers late, so that answers overtake each other, and one to hide by a filter. */
export const offer: Offer = {
  tools: [
    {
      name: "repeat",
      description: "Answers with the text it was given, after some milliseconds",
      inputSchema: { type: "object", properties: { text: { type: "string" }, ms: { type: "integer" } }, required: ["text", "ms"] },
      async call({ text, ms }) {
        await Bun.sleep(Number(ms));
        return says(String(text));
      },
    },
    { name: "spare", description: "Is never called", inputSchema: { type: "object" }, call: () => says("spare") },
  ],
};
