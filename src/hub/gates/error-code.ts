/** The code that the system or a library put on what it threw, empty when there is none. */
export function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "";
}
