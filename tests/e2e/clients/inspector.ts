import { inspector, type Stranger } from "../stranger.ts";
import { textOf, type Door, type McpClient } from "./client.ts";

interface Listed {
  readonly tools: readonly { readonly name: string }[];
}

/** The command line of the MCP Inspector: one process, and one connection, for each thing it is asked. */
export function inspectorClient(stranger: Stranger, door: Door): McpClient {
  const target = "url" in door ? [door.url, "--transport", "http"] : door.argv;
  const ask = async (method: string, ...more: readonly string[]): Promise<unknown> => {
    const { code, out, err } = await stranger.run([...inspector, "--cli", ...target, "--method", method, ...more]);
    if (code !== 0) throw new Error(`The Inspector exited with ${code}: ${err}`);
    return JSON.parse(out);
  };
  const pairs = (flag: string, input: Readonly<Record<string, unknown>>) => {
    const all = Object.entries(input).map(([key, value]) => `${key}=${String(value)}`);
    return all.length > 0 ? [flag, ...all] : [];
  };
  return {
    tools: async () => ((await ask("tools/list")) as Listed).tools.map(({ name }) => name),
    call: async (name, input) => textOf(await ask("tools/call", "--tool-name", name, ...pairs("--tool-arg", input))),
    read: async (uri) => textOf(await ask("resources/read", "--uri", uri)),
    prompt: async (name, input) => textOf(await ask("prompts/get", "--prompt-name", name, ...pairs("--prompt-args", input))),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
