import { isAbsolute } from "node:path";
import { z } from "zod";
import { logLevels } from "../kernel/log.ts";
import { hasPlaceholder } from "./placeholder.ts";

const strings = z.array(z.string("must be a string"), "must be an array of strings");
const milliseconds = z.int().min(1).max(86_400_000);

/** Written without quotes a number is still what the person meant as an argument or a header. */
const scalar = z.union([z.string(), z.number(), z.boolean()], "must be a string");

/** What `url` must be once its placeholders are filled in. */
export const isServerUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "");

/** A URL with placeholders is checked when they are filled in, for the scheme and host may be one. */
const isUrlSoFar = (text: string) => hasPlaceholder(text) || isServerUrl(text);

export const DevMode = z
  .looseObject({
    enabled: z.boolean().default(true).describe("Watch and restart; false keeps the settings without using them"),
    watch: strings.default(["**/*.{js,mjs,ts,py,json}"]).describe("Globs of files, relative to cwd, whose change restarts the server"),
    cwd: z
      .string("must be an absolute path")
      .refine(isAbsolute, "must be an absolute path")
      .describe("Absolute path that the globs start from"),
  })
  .describe("Restart a stdio server whenever its source files change");

const localFields = {
  command: z
    .string()
    .regex(/\S/, "must not be empty")
    .optional()
    .describe("Program to start for a local (stdio) server; placeholders are filled in"),
  args: z.array(scalar, "must be an array of strings").optional().describe("Its arguments; placeholders are filled in"),
  cwd: z.string().optional().describe("Directory it starts in; default: that of the hub"),
  dev: DevMode.optional(),
  allowEnv: strings
    .optional()
    .describe("Variables that `env` may set although they can change which code runs, such as LD_PRELOAD or NODE_OPTIONS"),
};

const isHttpsUrl = (text: string) => {
  const url = URL.parse(text);
  return hasPlaceholder(text) || (url?.protocol === "https:" && url.pathname !== "/");
};

/** RFC 9700 section 4.1: exact, and http only on this machine. */
const isRedirectUrl = (text: string) =>
  /^(https:\/\/|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/])[^#]*$/.test(text) && URL.canParse(text);

const clientMetadataUrl = z
  .string()
  .refine(isHttpsUrl, "must be an https URL with a path")
  .optional()
  .describe("Client ID Metadata Document: its address is the hub's client id at authorization servers that know such documents");

export const AuthSettings = z
  .looseObject({
    clientId: z
      .string()
      .regex(/\S/, "must not be empty")
      .optional()
      .describe("Client that you registered by hand; placeholders are filled in"),
    clientSecret: z.string().optional().describe("Its secret; placeholders are filled in"),
    scopes: strings.optional().describe("Permissions to ask for; default: those the server asks for"),
    issuer: z
      .string()
      .refine(isUrlSoFar, "must be an http or https URL")
      .optional()
      .describe("Authorization server it must be; give it whenever there is a secret, for then no other is ever asked"),
    clientMetadataUrl,
    redirectUrl: z
      .string()
      .refine(isRedirectUrl, "must be https, or http on this machine")
      .optional()
      .describe("Where the browser is sent back to, when the client is registered with another address than the hub's own"),
  })
  .describe("How to sign in (OAuth)");

const remoteFields = {
  url: z
    .string()
    .refine(isUrlSoFar, "must be an http or https URL")
    .optional()
    .describe("Address of a remote server; placeholders are filled in"),
  headers: z.record(z.string(), scalar).optional().describe("HTTP headers of every request to it; placeholders are filled in"),
  auth: z
    .union([AuthSettings, z.literal(false)], "must be an object or false")
    .optional()
    .describe("How to sign in where a remote server asks for it; false: not at all"),
};

const commonFields = {
  env: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Variables of a local server, and what the placeholders of the other fields see; null or "" takes the hub\'s variable of the same name',
    ),
  disabled: z.unknown().optional().meta({ type: "boolean" }).describe("Listed, but never started"),
  name: z.string().optional().describe("Name to display"),
  description: z.string().optional().describe("What the server is for"),
  type: z
    .string()
    .optional()
    .meta({ examples: ["stdio", "http", "streamable-http", "sse"] })
    .describe("Pins the transport of a remote server: `http` (or `streamable-http`), `sse`; otherwise both are tried"),
  tools: z
    .looseObject({
      allow: strings.optional().describe("Globs (`*`, `?`): only these tools are offered"),
      deny: strings.optional().describe("Globs (`*`, `?`): these tools are not offered; wins over allow"),
    })
    .optional()
    .describe("Which tools of the server the hub offers"),
  disabled_tools: strings.optional().describe("Names of tools that are not offered"),
  disabled_resources: strings.optional().describe("URIs of resources that are not offered"),
  disabled_resourceTemplates: strings.optional().describe("URI templates that are not offered"),
  disabled_prompts: strings.optional().describe("Names of prompts that are not offered"),
  autoApprove: z
    .union([z.boolean(), strings], "must be a boolean or an array of strings")
    .optional()
    .describe("For clients that ask before a call; the hub keeps it and does not use it"),
  custom_instructions: z.unknown().optional().describe("For clients; the hub keeps it and does not use it"),
  timeoutMs: milliseconds.optional().describe("Longest a call may take; default: hub.callTimeoutMs"),
  startTimeoutMs: milliseconds.optional().describe("Longest the server may take to answer initialize; default: hub.startTimeoutMs"),
};

export const ServerEntry = z
  .looseObject({ ...localFields, ...remoteFields, ...commonFields })
  .superRefine(
    (entry, context) => {
      const problem = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
      const isLocal = entry.command !== undefined;
      const isRemote = entry.url !== undefined;
      if (isLocal && isRemote) problem(["url"], "cannot stand beside command: a server is either local or remote");
      if (!isLocal && !isRemote) problem([], "needs a command (local server) or a url (remote server)");
      if (isLocal && !isRemote && entry.auth !== undefined) problem(["auth"], "is only for remote servers");
      if (isRemote && !isLocal && entry.dev !== undefined) problem(["dev"], "is only for local servers");
      // Otherwise a wrong type elsewhere in the entry would hide these until it is mended.
    },
    { when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value) },
  )
  .meta({ id: "Server", description: "One MCP server, local (command) or remote (url)" });
export type ServerEntry = z.infer<typeof ServerEntry>;

/** Nobody configured it, so it is trusted with no address inside the house. */
export const defaultRegistry = "https://registry.modelcontextprotocol.io";

const MarketplaceSettings = z
  .looseObject({
    sync: z.boolean().default(false).describe("Ask the registry for news in the background; otherwise only when told to"),
    registry: z
      .url({ protocol: /^https?$/ })
      .default(defaultRegistry)
      .describe("The registry that is asked, the official one or one of your own"),
    syncEveryMs: z.int().min(60_000).max(2_147_483_647).default(21_600_000).describe("How often"),
  })
  .describe("Servers to be had");

export const HubSettings = z
  .looseObject({
    port: z.int().min(0).max(65_535).default(37_373).describe("TCP port; 0 picks a free one"),
    host: z.string().min(1).default("127.0.0.1").describe("Address to listen on; anything but loopback needs users"),
    allowedHosts: strings.default([]).describe("Host names, besides those of loopback, that requests may be addressed to"),
    mcpHubVersion: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, "must be a version like 4.2.1")
      .default("4.2.1")
      .describe("Version of mcp-hub that its clients are told, for some of them accept only one (HUBCTL_MCP_HUB_VERSION)"),
    socket: z.boolean().default(true).describe("Listen on a unix socket too, which is how the commands find a running hub"),
    logLevel: z.enum(logLevels).default("info").describe("Least level that is logged"),
    startTimeoutMs: milliseconds.default(60_000).describe("Longest a server may take to answer initialize"),
    callTimeoutMs: milliseconds.default(300_000).describe("Longest a call may take"),
    clientMetadataUrl,
    maxProcesses: z.int().min(1).max(10_000).default(64).describe("Most processes the hub runs at once"),
    maxConcurrentCalls: z.int().min(1).default(256).describe("Most calls to one server at once"),
    maxToolFailures: z
      .int()
      .min(0)
      .default(5)
      .describe("Calls of one tool in a row without an answer, while its server has one, after which it is refused for a while; 0: never"),
    maxSessions: z.int().min(1).default(1_000).describe("Most MCP sessions of older clients at once"),
    maxResultBytes: z.int().min(1024).default(8_388_608).describe("Largest result of a call"),
    maxBodyBytes: z.int().min(1024).max(67_108_864).default(4_194_304).describe("Largest body of an HTTP request to the hub"),
    maxMessageBytes: z.int().min(1024).default(67_108_864).describe("Largest single message of a local server"),
    marketplace: MarketplaceSettings.prefault({}),
  })
  .describe("The hub itself");
export type HubSettings = z.infer<typeof HubSettings>;

export const InputDefinition = z
  .looseObject({
    id: z.string().min(1).describe("Referred to as `${input:<id>}`"),
    type: z.enum(["promptString", "pickString"]).default("promptString").describe("Free text, or one of `options`"),
    description: z.string().optional().describe("What is asked for"),
    password: z.boolean().default(false).describe("The value is a secret"),
    default: z.string().optional().describe("Value when none is given"),
    options: strings.optional().describe("Values to pick from"),
  })
  .describe("A value that is asked for rather than written down, as in VS Code's mcp.json");
export type InputDefinition = z.infer<typeof InputDefinition>;

const serverMap = (text: string) => z.record(z.string().min(1), ServerEntry).optional().describe(text);

/** A configuration file. Keys it does not know stay, for other programs read the same file. */
export const ConfigFile = z
  .looseObject({
    mcpServers: serverMap("The servers, by name"),
    servers: serverMap("The same under the name that VS Code uses; where it is present `mcpServers` of this file is ignored"),
    hub: HubSettings.optional(),
    inputs: z.array(InputDefinition).optional().describe("Values that placeholders `${input:<id>}` ask for"),
  })
  .describe("Configuration of hubctl (JSON5)");
export type ConfigFile = z.infer<typeof ConfigFile>;
