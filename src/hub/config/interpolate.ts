import { HubError } from "../kernel/errors.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { expandEnv } from "./expand-env.ts";
import { failed, fillIn, fillVariable, type Unresolved } from "./fill-in.ts";
import { readHubEnv } from "./hub-env.ts";
import { isServerUrl, type InputDefinition } from "./schema.ts";
import type { LocalServer, RemoteServer, ServerConfig } from "./server-config.ts";
import { hubVariables, inputValue, inputVariable } from "./variables.ts";

/** Runs a command line in a shell and gives what it printed; rejects when it fails or takes more than 30 seconds. */
export type RunCommand = (command: string) => Promise<string>;

export interface ExpandContext {
  readonly runtime: Pick<Runtime, "env" | "host">;
  readonly inputs: readonly InputDefinition[];
  /** The value of an input that no variable sets. */
  readonly input?: (id: string) => Promise<string | undefined>;
  /** A secret that this server, and no other, may see. */
  readonly secret?: (server: string, name: string) => Promise<string | undefined>;
  readonly run: RunCommand;
}

export interface ExpandedLocal {
  readonly kind: "stdio";
  readonly command: string;
  readonly args: readonly string[];
  /** `MCP_HUB_ENV` and the server's own; what it inherits besides is not the configuration's affair. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly allowEnv: readonly string[];
  readonly warnings: readonly string[];
}

export interface ExpandedRemote {
  readonly kind: "remote";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly transport?: "http" | "sse";
  readonly auth?: RemoteServer["auth"];
  readonly warnings: readonly string[];
}

export type ExpandedServer = ExpandedLocal | ExpandedRemote;

type Misfit = Unresolved & { readonly field: string };

/** Gives the text of one field with its placeholders filled in; what could not be is reported, and the result of no account. */
type Expand = (field: string, text: string, fill?: typeof fillIn) => Promise<string>;

/** Fills in every placeholder of a server, anew for each connection; throws all that could not be, in one error. */
export async function expandServer(server: ServerConfig, context: ExpandContext): Promise<ExpandedServer> {
  const misfits: Misfit[] = [];
  const report = (field: string, problem: Unresolved) => void misfits.push({ field, ...problem });
  const hubEnv = readHubEnv(context.runtime.env);
  const warnings = hubEnv.warning === undefined ? [] : [hubEnv.warning];
  const variables = hubVariables(context.runtime, hubEnv);
  const outer = async (name: string) => {
    // First, so that no variable can stand in for a secret.
    if (name.startsWith("secret:")) return context.secret?.(server.name, name.slice(7));
    return variables(name) ?? (name.startsWith("input:") ? inputValue(name.slice(6), context) : undefined);
  };

  const entries = await expandEnv(server.env, { variable: outer, run: context.run, report });
  const scope = { variable: async (name: string) => entries.get(name) ?? outer(name), run: context.run };
  const expand: Expand = async (field, text, fill = fillIn) => {
    const value = await fill(text, { ...scope, report: (problem) => report(field, problem) });
    return value === failed ? "" : value;
  };
  const own = [...entries].filter((entry): entry is [string, string] => entry[1] !== failed);
  const expanded =
    server.kind === "stdio"
      ? await expandLocal(server, { expand, env: { ...hubEnv.values, ...Object.fromEntries(own) }, warnings })
      : await expandRemote(server, { expand, warnings });
  if (misfits.length > 0) throw misfitError(server.name, misfits);
  if (expanded.kind === "remote" && !isServerUrl(expanded.url)) throw notAUrl(server);
  return expanded;
}

interface Expanding {
  readonly expand: Expand;
  readonly warnings: readonly string[];
}

async function expandLocal(
  server: LocalServer,
  { expand, env, warnings }: Expanding & { readonly env: ExpandedLocal["env"] },
): Promise<ExpandedLocal> {
  const legacy = server.args.filter(isLegacy).map((text) => `args: ${text} is an old form; write \${${text.slice(1)}}`);
  return {
    kind: "stdio",
    args: await each(server.args, (text, index) => expandArgument(`args[${index}]`, text, expand)),
    command: await expand("command", server.command),
    env,
    cwd: server.cwd === undefined ? undefined : await expand("cwd", server.cwd),
    allowEnv: server.allowEnv,
    warnings: [...warnings, ...legacy],
  };
}

async function expandRemote(server: RemoteServer, { expand, warnings }: Expanding): Promise<ExpandedRemote> {
  const url = await expand("url", server.url);
  const headers = await each(Object.entries(server.headers), async ([key, text]) => [key, await expand(`headers.${key}`, text)] as const);
  const auth = await expandAuth(server.auth, expand);
  return { kind: "remote", url, headers: Object.fromEntries(headers), transport: server.transport, auth, warnings };
}

async function expandAuth(auth: RemoteServer["auth"], expand: Expand): Promise<RemoteServer["auth"]> {
  if (!auth) return auth;
  const texts = Object.entries(auth).filter((field): field is [string, string] => typeof field[1] === "string");
  const filled = await each(texts, async ([key, text]) => [key, await expand(`auth.${key}`, text)] as const);
  return { ...auth, ...Object.fromEntries(filled) };
}

/** `$NAME`: the whole rest of an argument is the name, and an empty value leaves it as it is. */
async function expandArgument(field: string, text: string, expand: Expand): Promise<string> {
  return isLegacy(text) ? (await expand(field, text.slice(1), fillVariable)) || text : expand(field, text);
}

const isLegacy = (text: string) => /^\$(?!\{)./s.test(text);

/** One after the other: commands that ask a person for a password must not ask all at once. */
async function each<In, Out>(items: readonly In[], run: (item: In, index: number) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const [index, item] of items.entries()) results.push(await run(item, index));
  return results;
}

function misfitError(server: string, misfits: readonly Misfit[]): HubError {
  const lines = misfits.map(({ field, reason }) => `${field}: ${reason}`);
  return new HubError("VALIDATION", `The configuration of ${server} cannot be filled in: ${lines.join("; ")}`, {
    hint: [...new Set(misfits.map((misfit) => misfit.hint ?? hintFor(misfit.name)))].join(". "),
    details: {
      server,
      unresolved: [...new Set(misfits.map(({ name }) => name))],
      issues: misfits.map(({ field, name, reason }) => ({ field, name, message: reason })),
    },
  });
}

function hintFor(written: string): string {
  const name = written.replace(/^env:/, "");
  if (name.startsWith("secret:")) return "Install the server again from the marketplace, and give it the value";
  if (name.startsWith("input:")) return `Set the environment variable ${inputVariable(name.slice(6))}, or give the input a default`;
  if (name.includes(":-")) return "Placeholders have no default syntax; set the variable in the server's env";
  if (name !== name.trim()) return "Take the spaces out of the braces; they count as part of the name";
  return "Set it in the environment of the hub, in MCP_HUB_ENV, or in the server's env";
}

const notAUrl = ({ name }: RemoteServer | LocalServer) =>
  new HubError("VALIDATION", `The url of ${name} is not an http or https URL once its placeholders are filled in`, {
    hint: "Check the values of its placeholders",
    details: { server: name, unresolved: [], issues: [{ field: "url", name: "", message: "must be an http or https URL" }] },
  });
