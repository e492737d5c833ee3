const known = new WeakMap<object, boolean>();

/** Whether arguments of a tool also travel as `Mcp-Param-*` headers (SEP-2243), as its input schema says. */
export function mirrorsArguments(inputSchema: object): boolean {
  const mirrors = known.get(inputSchema) ?? JSON.stringify(inputSchema).includes('"x-mcp-header"');
  known.set(inputSchema, mirrors);
  return mirrors;
}
