import { freePort } from "../../support/free-port.ts";
import { until } from "../until.ts";
import type { Running, Stranger } from "../stranger.ts";

/** A configuration of the public servers: three that the hub starts, and one that it reaches over Streamable HTTP. */
export async function household(stranger: Stranger): Promise<{ readonly mcpServers: Readonly<Record<string, object>> }> {
  return {
    mcpServers: {
      everything: { command: "mcp-server-everything" },
      files: { command: "mcp-server-filesystem", args: [stranger.directory] },
      memory: { command: "mcp-server-memory", env: { MEMORY_FILE_PATH: `${stranger.directory}/memory.jsonl` } },
      remote: { url: await remoteEverything(stranger) },
    },
  };
}

/** The server takes no port 0, and a port that was free may be taken by the time it asks for it, so it is tried again. */
async function remoteEverything(stranger: Stranger): Promise<string> {
  for (;;) {
    const port = freePort();
    const server = stranger.start(["mcp-server-everything", "streamableHttp"], { env: { PORT: String(port) } });
    if (await until("the remote server listens", () => server.ended() || listens(server)))
      if (!server.ended()) return `http://127.0.0.1:${port}/mcp`;
  }
}

const listens = (server: Running) => /listening on port/i.test(server.err() + server.out());
