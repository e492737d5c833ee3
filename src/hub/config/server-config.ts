import type { z } from "zod";
import type { AuthSettings, DevMode, ServerEntry } from "./schema.ts";

interface ServerCommon {
  /** Its key in the configuration. */
  readonly name: string;
  /** To display. */
  readonly title: string;
  readonly description: string;
  readonly disabled: boolean;
  /** The file it is declared in, as that was given. */
  readonly configSource: string;
  /** Values as written: strings hold placeholders, anything else goes through. */
  readonly env: Readonly<Record<string, unknown>>;
  readonly tools: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly disabledTools: readonly string[];
  readonly disabledResources: readonly string[];
  readonly disabledResourceTemplates: readonly string[];
  readonly disabledPrompts: readonly string[];
  readonly timeoutMs?: number;
  readonly startTimeoutMs?: number;
  /** The entry as written, unknown keys included. */
  readonly entry: Readonly<Record<string, unknown>>;
}

export interface LocalServer extends ServerCommon {
  readonly kind: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly dev?: Readonly<z.infer<typeof DevMode>>;
  readonly allowEnv: readonly string[];
}

export interface RemoteServer extends ServerCommon {
  readonly kind: "remote";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: Streamable HTTP first, then HTTP+SSE. */
  readonly transport?: "http" | "sse";
  readonly auth?: Readonly<z.infer<typeof AuthSettings>> | false;
}

/** A server as the configuration declares it, placeholders not filled in. */
export type ServerConfig = LocalServer | RemoteServer;

interface Declared {
  readonly name: string;
  readonly configSource: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** Gives a checked entry the form that the rest of the hub reads. */
export function serverConfig(declared: Declared, checked: ServerEntry): ServerConfig {
  const common: ServerCommon = {
    ...declared,
    title: checked.name || declared.name,
    description: checked.description ?? "",
    disabled: Boolean(checked.disabled),
    env: checked.env ?? {},
    ...hidden(checked),
    timeoutMs: checked.timeoutMs,
    startTimeoutMs: checked.startTimeoutMs,
  };
  if (checked.command === undefined) {
    const headers = Object.fromEntries(Object.entries(checked.headers ?? {}).map(([key, value]) => [key, String(value)]));
    return { ...common, kind: "remote", url: checked.url!, headers, transport: pinned(checked.type), auth: checked.auth };
  }
  return {
    ...common,
    kind: "stdio",
    command: checked.command,
    args: (checked.args ?? []).map(String),
    cwd: checked.cwd,
    dev: checked.dev,
    allowEnv: checked.allowEnv ?? [],
  };
}

/** What of a server is not offered. */
const hidden = (checked: ServerEntry) => ({
  tools: { allow: checked.tools?.allow, deny: checked.tools?.deny },
  disabledTools: checked.disabled_tools ?? [],
  disabledResources: checked.disabled_resources ?? [],
  disabledResourceTemplates: checked.disabled_resourceTemplates ?? [],
  disabledPrompts: checked.disabled_prompts ?? [],
});

function pinned(type: string | undefined): RemoteServer["transport"] {
  if (type === "sse") return "sse";
  return type === "http" || type === "streamable-http" ? "http" : undefined;
}
