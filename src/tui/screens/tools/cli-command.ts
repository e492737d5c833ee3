/** The `hubctl call` that does the same: texts as `key=value`, everything else as `key:=json`, quoted for a POSIX shell. */
export function cliCommand(id: string, given: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(given).map(([key, value]) =>
    typeof value === "string" && !value.startsWith("@") ? `${key}=${value}` : `${key}:=${JSON.stringify(value)}`,
  );
  return ["hubctl", "call", id, ...words].map(shellWord).join(" ");
}

const shellWord = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);
