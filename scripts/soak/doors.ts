import {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { Answer, ClientsJob, Kind } from "./outcome.ts";

/** One client's way to the hub. */
export interface Session {
  call(server: string, args: { readonly text: string; readonly ms: number }): Promise<Answer>;
  /** Ends it; a client that is not polite does not say so to the hub. */
  leave(isPolite: boolean): Promise<void>;
}

type Place = Pick<ClientsJob, "origin" | "socket">;

/** From here on an answer counts as lost. */
const deadlineMs = 30_000;

export const open: Record<Kind, (place: Place) => Promise<Session>> = {
  "session of 2025-11-25": async ({ origin }) => {
    const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp`));
    return mcpSession(transport, { goodbye: () => transport.terminateSession() });
  },
  "stateless 2026-07-28": ({ origin }) =>
    mcpSession(new StreamableHTTPClientTransport(new URL(`${origin}/mcp`)), { negotiation: { pin: "2026-07-28" } }),
  "HTTP+SSE": ({ origin }) => mcpSession(new SSEClientTransport(new URL(`${origin}/sse`))),
  "REST, unix socket": async ({ socket }) => ({ call: (server, args) => callOverSocket(socket, server, args), leave: async () => {} }),
};

interface McpOptions {
  readonly goodbye?: () => Promise<void>;
  readonly negotiation?: { readonly pin: string };
}

async function mcpSession(
  transport: StreamableHTTPClientTransport | SSEClientTransport,
  { goodbye, negotiation }: McpOptions = {},
): Promise<Session> {
  const client = new Client({ name: "soak", version: "1.0.0" }, { versionNegotiation: { mode: negotiation ?? "legacy" } });
  await client.connect(transport, { timeout: deadlineMs });
  return {
    async call(server, args) {
      try {
        const { content, isError } = await client.callTool({ name: `${server}__repeat`, arguments: args }, { timeout: deadlineMs });
        return answerOf({ content, isError }, args.text);
      } catch (cause) {
        return failureOf(cause);
      }
    },
    async leave(isPolite) {
      if (isPolite) await goodbye?.();
      await client.close();
    },
  };
}

async function callOverSocket(unix: string, server: string, args: { readonly text: string }): Promise<Answer> {
  try {
    const response = await fetch(`http://hub/api/v2/tools/${server}.repeat/call`, {
      unix,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ arguments: args }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const body = (await response.json()) as { error?: { code: string; message: string } } & Parameters<typeof answerOf>[0];
    return body.error ?? answerOf(body, args.text);
  } catch (cause) {
    return failureOf(cause);
  }
}

function answerOf(result: { readonly content?: unknown; readonly isError?: boolean }, sent: string): Answer {
  const [{ text = "" } = {}] = (result.content ?? []) as { text?: string }[];
  if (!result.isError) return { marker: text.split(":")[0]!, isWhole: text === sent };
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  return error;
}

/** Errors of the hub come with its own code; whatever else went wrong is named by who noticed it. */
function failureOf(cause: unknown): Answer {
  const message = cause instanceof Error ? cause.message : String(cause);
  if ((cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout) || (cause as Error).name === "TimeoutError")
    return { nothing: message };
  if (cause instanceof ProtocolError)
    return { code: (cause.data as { code?: string } | undefined)?.code ?? `JSON-RPC ${cause.code}`, message };
  return { code: cause instanceof SdkError ? `SDK ${cause.code}` : (cause as Error).name, message };
}
