import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HttpV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { textOf, type Door, type McpClient } from "./client.ts";

const identity = { name: "stranger", version: "1.0.0" };

/** The official SDK of today, which speaks 2026-07-28 where the other side does. */
export async function sdkV2(door: Door): Promise<McpClient> {
  const client = new Client(identity, { versionNegotiation: { mode: "auto" } });
  await client.connect("url" in door ? new StreamableHTTPClientTransport(new URL(door.url)) : new StdioClientTransport(parameters(door)));
  return over(client);
}

/** The SDK before it, which opens a session. */
export async function sdkV1(door: Door): Promise<McpClient> {
  const client = new ClientV1(identity);
  await client.connect("url" in door ? new HttpV1(new URL(door.url)) : new StdioV1(parameters(door)));
  return over(client);
}

const parameters = ({ argv: [command = "", ...args], env, cwd }: Exclude<Door, { url: string }>) => ({
  command,
  args,
  env,
  cwd,
  stderr: "ignore" as const,
});

/** Both SDKs name these alike. */
function over(client: Pick<Client, "listTools" | "callTool" | "readResource" | "getPrompt" | "close"> | ClientV1): McpClient {
  return {
    async tools() {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listTools({ cursor });
        names.push(...page.tools.map(({ name }) => name));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return names;
    },
    call: async (name, input) => textOf(await client.callTool({ name, arguments: input })),
    read: async (uri) => textOf(await client.readResource({ uri })),
    prompt: async (name, input) => textOf(await client.getPrompt({ name, arguments: input })),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
