import type { Clock } from "../../../kernel/runtime.ts";
import { readJsonObject } from "../../read-body.ts";

/**
 * The JSON object of a request. As with mcp-hub a body of another media type counts as none, which also keeps a form of a
 * foreign page from being read.
 */
export async function requestBody(request: Request, clock: Clock): Promise<Record<string, unknown>> {
  const isJson = /^application\/json\b/i.test(request.headers.get("content-type") ?? "");
  return isJson ? readJsonObject(request, clock) : {};
}

/** The text in a field; undefined when there is none, an empty one, or something else. */
export function textIn(body: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = body[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
