import type { Caching } from "../kernel/caching.ts";
import type { Principal } from "../kernel/principal.ts";
import type { RequestOptions } from "../servers/connection.ts";
import type {
  ListName,
  PromptDefinition,
  ResourceDefinition,
  ResourceTemplateDefinition,
  ToolDefinition,
} from "../servers/capabilities.ts";

/** Anything that offers tools: a server, the hub itself, later providers and generated APIs. */
export interface Source {
  readonly id: string;
  /** Whose it is; undefined: every tenant's, as the hub itself. */
  readonly tenant?: string;
  readonly kind: "server" | "hub" | "provider" | "api" | "memory";
  readonly title: string;
  readonly description: string;
  /** What a model is told of it as a whole. */
  readonly instructions?: string;
  /** False while a call would fail: its lists are those of an earlier connection. */
  readonly available: boolean;
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly resourceTemplates: readonly ResourceTemplateDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** How long a client may keep a list; undefined: it has to ask each time. */
  readonly caching?: (list: ListName) => Caching | undefined;
  /** The kind of tasks it makes of tool calls; absent where it makes none. */
  readonly tasks?: TaskEra;
  request(method: string, params: Record<string, unknown>, call: SourceCall): Promise<Record<string, unknown>>;
  /** The resources somebody wants to hear of; absent where a source has none that change. */
  readonly watch?: (uris: ReadonlySet<string>) => Promise<void>;
}

/** What a source is told of a call besides its parameters. */
export interface SourceCall extends RequestOptions {
  readonly signal: AbortSignal;
  /** Who asks, for sources that run operations themselves. */
  readonly asker: Asker;
  /** The kind of task that the caller can be answered with; without it a call's answer is its result. */
  readonly takesTask?: TaskEra;
}

/** Tasks are a core feature of 2025-11-25, where a client asks for one, and an extension of 2026-07-28, where the server decides. */
export type TaskEra = "legacy" | "modern";

export interface Asker {
  readonly principal: Principal;
  readonly door: Door;
}

/** The ways a call can come in; a test holds that each goes through the pipeline. */
export const doors = ["mcp", "mcp-server", "sse", "stdio", "rest", "local", "hub-tool"] as const;
export type Door = (typeof doors)[number];

export type Effect = "read" | "write" | "destructive";

/** What a tool may do, by its annotations; the specification's defaults are the careful ones. */
export function effectOf({ annotations }: Pick<ToolDefinition, "annotations">): Effect {
  if (annotations?.["readOnlyHint"] === true) return "read";
  return annotations?.["destructiveHint"] === false ? "write" : "destructive";
}
