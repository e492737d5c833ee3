import type { LogRecord } from "../../../kernel/log.ts";

/** mcp-hub names the kind of an error; ours is known by the area that wrote it. */
const errorCodes: Readonly<Record<string, string>> = {
  config: "CONFIG_RELOAD_ERROR",
  servers: "CONNECTION_ERROR",
  gateway: "REQUEST_ERROR",
  store: "STORE_ERROR",
};

/** A record of the log as mcp-hub shows one, on its standard output too. */
export function logEntry({ at, level, area, message, ...fields }: LogRecord): Record<string, unknown> {
  const code = typeof fields["code"] === "string" ? fields["code"] : (errorCodes[area] ?? "UNEXPECTED_ERROR");
  return { type: level, message, data: { area, ...fields }, timestamp: at, ...(level === "error" && { code }) };
}
