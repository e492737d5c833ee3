import type { MemberPath } from "../config/edit-json5.ts";

export type ClientPlatform = "linux" | "darwin" | "win32";

/** Where a client keeps its servers. Paths begin with a folder of the user in braces; of several the first that exists counts. */
export interface ClientRow {
  readonly title: string;
  readonly user: Readonly<Record<ClientPlatform, readonly string[]>>;
  /** Below the directory of a project. */
  readonly project?: string;
  /** Where in the file the servers stand. */
  readonly servers: MemberPath;
  /** How an entry reads that the client understands; undefined where it does not speak Streamable HTTP. */
  readonly http?: (url: string, headers: Readonly<Record<string, string>> | undefined) => object;
  readonly stdio: (command: CommandEntry) => object;
  /** How a value of the environment is written in a header, where the client has a word for it. */
  readonly placeholder?: (variable: string) => string;
  /** Why hubctl must not be written into it. */
  readonly importOnly?: { readonly reason: string; readonly hint: string };
}

export interface CommandEntry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const everywhere = (path: string) => ({ linux: [path], darwin: [path], win32: [path] });
const plain = (command: CommandEntry) => command;
const typed = (command: CommandEntry) => ({ type: "stdio", ...command });
const byUrl: ClientRow["http"] = (url, headers) => ({ url, headers });
const byTypedUrl: ClientRow["http"] = (url, headers) => ({ type: "http", url, headers });

/** Every client whose file hubctl reads, one row each, after the vendors' own pages. */
export const clientTable = {
  // https://modelcontextprotocol.io/docs/develop/connect-local-servers; remote servers are added in its settings, not in this file.
  // Its Windows package sees a folder of its own in place of %APPDATA%: https://github.com/anthropics/claude-code/issues/26073
  "claude-desktop": {
    title: "Claude Desktop",
    user: {
      linux: ["{config}/Claude/claude_desktop_config.json"],
      darwin: ["{home}/Library/Application Support/Claude/claude_desktop_config.json"],
      win32: [
        "{localappdata}/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json",
        "{appdata}/Claude/claude_desktop_config.json",
      ],
    },
    servers: ["mcpServers"],
    stdio: plain,
  },
  // https://code.claude.com/docs/en/mcp
  "claude-code": {
    title: "Claude Code",
    user: everywhere("{claude}/.claude.json"),
    project: ".mcp.json",
    servers: ["mcpServers"],
    http: byTypedUrl,
    stdio: typed,
    placeholder: (variable) => `\${${variable}}`,
  },
  // https://cursor.com/docs/context/mcp
  cursor: {
    title: "Cursor",
    user: everywhere("{home}/.cursor/mcp.json"),
    project: ".cursor/mcp.json",
    servers: ["mcpServers"],
    http: byUrl,
    stdio: plain,
    placeholder: (variable) => `\${env:${variable}}`,
  },
  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
  vscode: {
    title: "VS Code",
    user: {
      linux: ["{config}/Code/User/mcp.json"],
      darwin: ["{home}/Library/Application Support/Code/User/mcp.json"],
      win32: ["{appdata}/Code/User/mcp.json"],
    },
    project: ".vscode/mcp.json",
    servers: ["servers"],
    http: byTypedUrl,
    stdio: typed,
    placeholder: (variable) => `\${env:${variable}}`,
  },
  // https://docs.windsurf.com/windsurf/cascade/mcp
  windsurf: {
    title: "Windsurf",
    user: everywhere("{home}/.codeium/windsurf/mcp_config.json"),
    servers: ["mcpServers"],
    http: (serverUrl, headers) => ({ serverUrl, headers }),
    stdio: plain,
    placeholder: (variable) => `\${env:${variable}}`,
  },
  // https://zed.dev/docs/ai/mcp
  zed: {
    title: "Zed",
    user: {
      linux: ["{config}/zed/settings.json"],
      darwin: ["{home}/.config/zed/settings.json"],
      win32: ["{appdata}/Zed/settings.json"],
    },
    project: ".zed/settings.json",
    servers: ["context_servers"],
    http: byUrl,
    stdio: plain,
  },
  // Of mcphub.nvim (its documentation, "MCP servers"): the plugin hands the file to the hub that it starts.
  mcphub: {
    title: "Neovim (mcphub.nvim)",
    user: everywhere("{home}/.config/mcphub/servers.json"),
    project: ".mcphub/servers.json",
    servers: ["mcpServers"],
    stdio: plain,
    importOnly: {
      reason: "mcphub.nvim runs a hub of its own from this file, and a hub that is among its own servers would call itself",
      hint: "Let the plugin run hubctl in place of mcp-hub: link the binary as mcp-hub, and set `cmd` of mcphub.nvim to it",
    },
  },
} as const satisfies Record<string, ClientRow>;

export type ClientId = keyof typeof clientTable;

export const clientIds = Object.keys(clientTable) as readonly ClientId[];

/** The row of a client; its type is that of every row, so that callers may ask for what only some have. */
export const clientRow = (id: ClientId): ClientRow => clientTable[id];
