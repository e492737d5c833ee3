import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { place, start, until, type ProgramName } from "./program.ts";

const echo = { command: process.execPath, args: [join(import.meta.dir, "changing-server.ts")] };
const withEnv = (value: unknown) => ({ ...echo, env: { X: value } });
const withArg = (value: string) => ({ ...echo, args: [...echo.args, value] });

/** Servers that cannot be started, for something in them cannot be filled in. */
const unfillable: Readonly<Record<string, object>> = {
  "an unset variable": withEnv("${UNSET}"),
  "an unset variable in an argument": withArg("${UNSET}"),
  "an unset variable in cwd": { ...echo, cwd: "${UNSET}" },
  "an unset variable in the command": { ...echo, command: "${UNSET}" },
  "an unset variable in a header": { url: "http://127.0.0.1:9/mcp", headers: { a: "${UNSET}" } },
  "a name with spaces around it": withEnv("${ A }"),
  "no name": withEnv("${}"),
  "a default": withEnv("${UNSET:-default}"),
  "a command that fails": withEnv("${cmd: exit 3}"),
  "a command that prints nothing": withEnv("${cmd: true}"),
  "no command": withEnv("${cmd: }"),
  "a command with an unset variable": withEnv("${cmd: echo ${UNSET}}"),
  "null without a variable of that name": withEnv(null),
  "nothing without a variable of that name": withEnv(""),
  "a variable that names itself": withEnv("${X}"),
  "an unset variable in the old form": withArg("$UNSET"),
  "the old form with a path behind": withArg("$A/b"),
  "an entry beside it": { ...echo, env: { X: "1", Y: "${X}" } },
};

/** Everything that can be filled in, in one server. */
const filled = {
  ...echo,
  cwd: "${DIRECTORY}",
  args: [...echo.args, "${A}", "x$A", "$A", "$EMPTY", "${GLOBAL}", "${PLAIN}", "${A}${A}-${env:A}", "no placeholder"],
  env: {
    PLAIN: "plain",
    PROCESS: "${A}",
    EXPLICIT: "${env:A}",
    INPUT: "${input:token}",
    INPUT_AS_ENV: "${env:input:token}",
    OUTRANKED: "${BOTH}",
    COMMAND: "${cmd: echo hi}",
    COMMAND_AT_ONCE: "${cmd:echo hi}",
    COMMAND_OF_VARIABLE: "${cmd: echo ${A}}",
    COMMAND_OF_SHELL: "${cmd: echo $A}",
    NESTED: "${${NAME}}",
    UNMATCHED: "text ${A",
    BRACES: "${cmd: echo {a,b} x}",
    LITERAL: "${TEXT}",
    FOLDER: "${workspaceFolder}",
    FOLDER_NAME: "${workspaceFolderBasename}",
    DIRECTORY_OF_HUB: "${cwd}",
    HOME_OF_USER: "${userHome}",
    SEPARATOR: "${pathSeparator}${/}",
    NULL: null,
    NOTHING: "",
    EMPTY: "",
    A: "before-${A}",
    OLD_COMMAND: "$: echo hi",
  },
};

const environment = {
  A: "a",
  NAME: "A",
  EMPTY: "",
  NULL: "instead of null",
  NOTHING: "instead of nothing",
  BOTH: "of the process",
  TEXT: "${A} as it is",
  UNDECLARED: "not for servers",
  MCP_HUB_ENV: JSON.stringify({ GLOBAL: "global", "input:token": "t", BOTH: "of the editor", PLAIN: "outranked" }),
};

/** What became of the placeholders with one program. */
export interface FilledIn {
  readonly statuses: Readonly<Record<string, string>>;
  readonly withError: readonly string[];
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function fillInWith(name: ProgramName): Promise<FilledIn> {
  await using at = await place();
  const directory = join(at.home, "elsewhere");
  await mkdir(directory);
  await at.write("servers.json", { mcpServers: { filled, ...unfillable } });
  await using program = await start(name, ["--config", "servers.json"], { at, env: { ...environment, DIRECTORY: directory } });
  const health = async () =>
    (await (await program.get("health")).json()) as { state: string; servers: { name: string; status: string; error: string | null }[] };
  await until(async () => (await health()).state === "ready");
  const { servers } = await health();
  const answer = await program.post("servers/tools", { server_name: "filled", tool: "environment", arguments: {} });
  const { result } = (await answer.json()) as { result: { content: { text: string }[] } };
  const text = result.content[0]!.text.replaceAll(at.home, "<home>").replaceAll(at.home.split("/").at(-1)!, "<home's name>");
  const { argv, cwd, env } = JSON.parse(text) as FilledIn;
  return {
    argv,
    cwd,
    env,
    statuses: Object.fromEntries(servers.map((server) => [server.name, server.status])),
    withError: servers.flatMap((server) => (server.error === null ? [] : [server.name])),
  };
}
