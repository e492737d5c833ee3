import type { Runtime } from "../kernel/runtime.ts";

export interface HubEnv {
  readonly values: Readonly<Record<string, string>>;
  readonly warning?: string;
}

/** Reads `MCP_HUB_ENV`: a JSON object of variables for placeholders and for every server. One that is not is ignored. */
export function readHubEnv(env: Runtime["env"]): HubEnv {
  const text = env["MCP_HUB_ENV"];
  if (!text) return { values: {} };
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { values: {}, warning: "MCP_HUB_ENV is ignored: it is not a JSON object" };
  const present = Object.entries(value).filter(([, item]) => item !== null);
  return { values: Object.fromEntries(present.map(([key, item]) => [key, plainText(item)])) };
}

/** A value of an environment variable, which can only be text. */
export const plainText = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
