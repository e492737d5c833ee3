import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
} from "@modelcontextprotocol/server";
import type { Call, Result } from "../../catalog/call.ts";
import { mirrorsArguments } from "../../kernel/mirrors-arguments.ts";
import type { Principal } from "../../kernel/principal.ts";
import { toolFailure } from "./mcp-error.ts";
import type { Rounds } from "./rounds.ts";
import type { View } from "./view.ts";

/**
 * A `tools/call` of 2026-07-28 in which nothing is left to judge: the headers say what the body says, and nothing is to be told
 * before its result. Most calls are such, and the SDK's server for one request costs more than all else that happens to them.
 */
export interface PlainCall {
  readonly id: string | number;
  readonly name: string;
  readonly args: Fields | undefined;
  /** What is left of `_meta` without the envelope. */
  readonly meta: Fields | undefined;
  readonly clientCapabilities: Fields;
}

type Fields = Record<string, unknown>;

const revision = "2026-07-28";
const method = "tools/call";
const envelopePrefix = "io.modelcontextprotocol/";

/** Reads a message as a plain call; undefined where the SDK has to look at it, which then says what is wrong with it. */
export function plainCall(headers: Headers, body: unknown): PlainCall | undefined {
  if (headers.get("mcp-protocol-version") !== revision || headers.get("mcp-method") !== method) return undefined;
  const call = toolCallIn(body);
  const envelope = call?.meta && headers.get("mcp-name") === call.name ? envelopeOf(call.meta) : undefined;
  return call && envelope && { ...call, ...envelope };
}

/** The call of one message, where it is a usual one: nothing beside a name, arguments and `_meta`. */
export function toolCallIn(body: unknown): Omit<PlainCall, "clientCapabilities"> | undefined {
  if (!isFields(body) || body["jsonrpc"] !== "2.0" || body["method"] !== method || !isFields(body["params"])) return undefined;
  const { id } = body;
  if (typeof id !== "string" && !Number.isSafeInteger(id)) return undefined;
  const { name, arguments: args, _meta: meta, ...others } = body["params"];
  const isUsual = typeof name === "string" && !hasAny(others) && mayBeFields(args) && mayBeFields(meta);
  return isUsual ? { id: id as string | number, name, args, meta } : undefined;
}

/** Whether `_meta` asks for nothing that would have to be told before the result, or known of it. */
export const isQuiet = (meta: Fields): boolean =>
  !Object.keys(meta).some((key) => key === "progressToken" || key.startsWith(envelopePrefix));

function envelopeOf(all: Fields): Pick<PlainCall, "meta" | "clientCapabilities"> | undefined {
  const {
    [PROTOCOL_VERSION_META_KEY]: version,
    [CLIENT_INFO_META_KEY]: info,
    [CLIENT_CAPABILITIES_META_KEY]: clientCapabilities,
    ...meta
  } = all;
  if (version !== revision || !isFields(clientCapabilities) || !Object.values(clientCapabilities).every(isFields)) return undefined;
  if (info !== undefined && !isClientInfo(info)) return undefined;
  if (!isQuiet(meta)) return undefined;
  return { meta: hasAny(meta) ? meta : undefined, clientCapabilities };
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

const mayBeFields = (value: unknown): value is Fields | undefined => value === undefined || isFields(value);

const hasAny = (fields: Fields): boolean => {
  for (const _ in fields) return true;
  return false;
};

const isClientInfo = (info: unknown) =>
  isFields(info) &&
  typeof info["name"] === "string" &&
  Object.values(info).every((value) => typeof value === "string") &&
  "version" in info;

export interface PlainDeps {
  readonly view: View;
  readonly principal: Principal;
  readonly rounds: Rounds;
}

/** Whether the tool is known, and no header of the call has to be held against its arguments. */
export function isPlainTool({ name }: PlainCall, view: View): boolean {
  const schema = view.inputSchema(name);
  return schema !== undefined && !mirrorsArguments(schema);
}

/** What came of a call, to be told or thrown by whoever answers it. */
export type Outcome = { readonly result: Result } | { readonly cause: unknown };

/** Makes the call, the same way through rounds and pipeline as every other one. */
export async function runPlainCall(
  { name, args, meta, clientCapabilities }: PlainCall,
  signal: AbortSignal,
  deps: PlainDeps,
): Promise<Outcome> {
  const { view, principal, rounds } = deps;
  const passed = meta ? { _meta: meta } : {};
  const call: Call = { principal, door: view.door, signal, passed, clientCapabilities, takesTask: "modern" };
  try {
    const result = await rounds.run({
      binding: { principal: principal.id, method, target: name },
      era: "modern",
      state: undefined,
      inputResponses: undefined,
      call,
      work: (asked) => view.callTool(name, args, asked).catch(toolFailure),
    });
    return { result };
  } catch (cause) {
    return { cause };
  }
}

/** The answer to a call that came to a complete result; undefined where it came to anything else. */
export function plainAnswer(
  { id }: PlainCall,
  outcome: Outcome,
  serverInfo: { readonly name: string; readonly version: string },
): Response | undefined {
  if (!("result" in outcome)) return undefined;
  const { result } = outcome;
  const { _meta: meta = {}, resultType = "complete" } = result;
  if (resultType !== "complete" || !Array.isArray(result["content"]) || !isFields(meta)) return undefined;
  const stamped = { ...result, resultType, _meta: { [SERVER_INFO_META_KEY]: serverInfo, ...meta } };
  return Response.json({ jsonrpc: "2.0", id, result: stamped });
}
