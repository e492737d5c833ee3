/** What every MCP client can do, whoever wrote it; answers are cut down to their text. */
export interface McpClient extends AsyncDisposable {
  tools(): Promise<readonly string[]>;
  call(name: string, input: Readonly<Record<string, string | number>>): Promise<string>;
  read(uri: string): Promise<string>;
  prompt(name: string, input: Readonly<Record<string, string>>): Promise<string>;
}

/** The two ways to a hub: its address, or a command that is an MCP server on its standard streams. */
export type Door =
  { readonly url: string } | { readonly argv: readonly string[]; readonly env: Record<string, string>; readonly cwd: string };

/** The text of a tool's result, the contents of a resource or the messages of a prompt. */
export function textOf(result: unknown): string {
  const { content, contents, messages } = result as Readonly<Record<string, readonly Part[] | undefined>>;
  const parts = content ?? contents ?? messages?.map((message) => message.content ?? {}) ?? [];
  return parts.map(({ text }) => text ?? "").join("\n");
}

interface Part {
  readonly text?: string;
  readonly content?: Part;
}
