import { createHash } from "node:crypto";

export interface ListedTool {
  readonly name: string;
  readonly description?: string;
  readonly [field: string]: unknown;
}

/** A tool is the same as long as a model would read the same of it. */
export const toolHash = ({ name, title, description, inputSchema, outputSchema, annotations }: ListedTool): string =>
  createHash("sha256")
    .update(JSON.stringify([name, title, description, inputSchema, outputSchema, annotations]))
    .digest("base64url")
    .slice(0, 22);
