import { errorTable } from "#hub/kernel/errors.ts";
import { isRecord, printJson } from "../output/json.ts";
import { cleanJson, cleanLine } from "../output/sanitize.ts";
import { printText } from "../output/text.ts";
import type { Output, Terminal } from "../terminal.ts";
import { saveBlob, type SaveOptions } from "./save-blob.ts";

/** What `tools.call` answers. */
export interface ToolResult {
  readonly content: readonly ContentBlock[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

export interface ContentBlock {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface PrintToolOptions extends SaveOptions {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly ms: number;
}

/** Prints a tool's result, and returns the exit code: a tool's own failure is the upstream's rejection. */
export async function printToolResult(result: ToolResult, options: PrintToolOptions): Promise<number> {
  const { terminal, json, ms } = options;
  const isError = result.isError === true;
  if (json)
    printJson(
      { ok: !isError, content: result.content, structured: result.structuredContent ?? null, isError, meta: { ms: Math.round(ms) } },
      terminal,
    );
  else await printContent(result, { ...options, to: isError ? terminal.stderr : terminal.stdout });
  return isError ? errorTable.UPSTREAM_REJECTED.exit : 0;
}

interface ContentOptions extends PrintToolOptions {
  readonly to: Output;
}

/** Text as the server wrote it. Structured content is printed when no text is left that says more than its JSON. */
async function printContent({ content, structuredContent }: ToolResult, options: ContentOptions): Promise<void> {
  const { to } = options;
  const blocks = structuredContent === undefined ? content : content.filter((block) => !isCopyOf(block, structuredContent));
  for (const [index, block] of blocks.entries()) await printBlock(block, index, options);
  if (structuredContent !== undefined && !blocks.some((block) => block.type === "text"))
    to.write(`${cleanJson(JSON.stringify(structuredContent, null, to.isTTY ? 2 : undefined))}\n`);
}

/** Servers repeat structured content as JSON text for older clients (MCP 2025-06-18, tools, structured content). */
function isCopyOf(block: ContentBlock, structured: unknown): boolean {
  if (block.type !== "text" || typeof block["text"] !== "string") return false;
  try {
    return Bun.deepEquals(JSON.parse(block["text"]), structured);
  } catch {
    return false;
  }
}

async function printBlock(block: ContentBlock, index: number, options: ContentOptions): Promise<void> {
  const { to } = options;
  const resource = isRecord(block["resource"]) ? block["resource"] : {};
  const text = block.type === "text" ? block["text"] : resource["text"];
  if (typeof text === "string") return printText(text, to);
  if (block.type === "resource_link")
    return to.write(`${[block["title"] ?? block["name"], block["uri"]].filter(isText).map(cleanLine).join("  ")}\n`);
  const data = block["data"] ?? resource["blob"];
  if (typeof data === "string")
    return saveBlob({ data, index, mimeType: String(block["mimeType"] ?? resource["mimeType"] ?? ""), kind: block.type }, options);
  to.write(`${cleanJson(JSON.stringify(block))}\n`);
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
