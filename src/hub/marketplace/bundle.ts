import { join } from "node:path";
import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { plain } from "./listing.ts";
import type { LocalLaunch } from "./launch.ts";
import { hostile, type ArgumentTemplate, type Ask, type Asks, type Piece, type Template } from "./template.ts";
import { checkSum, unpack, type BundleFile } from "./unpack.ts";

const Field = z.looseObject({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
  sensitive: z.boolean().optional(),
  multiple: z.boolean().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
});

/** `manifest.json` of an MCP bundle: https://github.com/anthropics/mcpb/blob/main/MANIFEST.md */
const Manifest = z.looseObject({
  version: z.string().max(255),
  server: z.looseObject({
    mcp_config: z.looseObject({
      command: z.string().min(1),
      args: z.array(z.string()).max(200).default([]),
      env: z.record(z.string(), z.string()).default({}),
      platform_overrides: z
        .record(
          z.string(),
          z.looseObject({
            command: z.string().optional(),
            args: z.array(z.string()).optional(),
            env: z.record(z.string(), z.string()).optional(),
          }),
        )
        .default({}),
    }),
  }),
  user_config: z.record(z.string().regex(/^[\w.-]{1,64}$/), Field).default({}),
});

export interface Bundle {
  readonly files: readonly BundleFile[];
  readonly version: string;
  readonly launch: LocalLaunch;
  /** What has to be on this machine; undefined when the program is in the bundle. */
  readonly runtime: string | undefined;
}

export interface BundleOptions {
  readonly sha256: string;
  /** Where it will be unpacked. */
  readonly directory: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly asks: Asks;
}

/** Runtimes that a bundle may name; any other program has to come with it. */
const runtimes = new Set(["node", "python", "python3", "uv"]);

/** Checks and reads a bundle; nothing is written yet. */
export async function readBundle(bytes: Uint8Array, options: BundleOptions): Promise<Bundle> {
  checkSum(bytes, options.sha256);
  const files = await unpack(bytes);
  const text = files.find(({ path }) => path === "manifest.json");
  const manifest = Manifest.safeParse(parse(text?.bytes));
  if (!manifest.success)
    throw new HubError("UPSTREAM_REJECTED", "The bundle has no manifest.json that says how to start it", { hint: "Tell its publisher" });
  const { server, user_config, version } = manifest.data;
  const { platform_overrides, ...common } = server.mcp_config;
  const config = { ...common, ...platform_overrides[options.platform] };
  const fill = filler(options, user_config);
  const [command] = [
    fill(config.command)
      .map((piece) => (typeof piece === "string" ? piece : ""))
      .join(""),
  ];
  const isInside = files.some(({ path }) => join(options.directory, path) === command);
  if (!isInside && !runtimes.has(command)) throw hostile(`the bundle wants to run ${command.slice(0, 60)}`);
  const env = Object.fromEntries(Object.entries(config.env ?? {}).map(([name, value]) => [name, fill(value)]));
  const args = (config.args ?? []).map((argument): ArgumentTemplate => {
    const value = fill(argument);
    return {
      value,
      repeated: value.length === 1 && value.some((piece) => typeof piece !== "string" && (options.asks.get(piece.ask)?.repeated ?? false)),
    };
  });
  return {
    files,
    version,
    runtime: isInside ? undefined : command,
    launch: { kind: "local", command: [command], runnerArgs: [], target: [], args, env, inherit: [] },
  };
}

type Fields = z.infer<typeof Manifest>["user_config"];

/** Fills in what the hub knows and leaves holes for what a person gives; anything else in `${…}` is refused. */
function filler({ directory, home, asks }: BundleOptions, fields: Fields): (text: string) => Template {
  const known: Readonly<Record<string, string>> = {
    __dirname: directory,
    HOME: home,
    DESKTOP: join(home, "Desktop"),
    DOCUMENTS: join(home, "Documents"),
    DOWNLOADS: join(home, "Downloads"),
    "/": "/",
    pathSeparator: "/",
  };
  return (text) => {
    if (/[\p{Cc}]/u.test(text)) throw hostile("a value has a control character in it");
    const pieces: Piece[] = [];
    const add = (piece: Piece) => {
      const last = pieces.at(-1);
      if (typeof piece === "string" && typeof last === "string") pieces[pieces.length - 1] = last + piece;
      else if (piece !== "") pieces.push(piece);
    };
    let from = 0;
    for (const { 0: whole, 1: name = "", index } of text.matchAll(/\$\{([^{}]*)\}/g)) {
      add(text.slice(from, index));
      from = index + whole.length;
      const key = name.startsWith("user_config.") ? name.slice("user_config.".length) : undefined;
      const field = key !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (key !== undefined && field) {
        ask(asks, key, field);
        add({ ask: key });
      } else if (Object.hasOwn(known, name)) add(known[name]!);
      else throw hostile(`a value holds ${whole.slice(0, 40)}`);
    }
    add(text.slice(from));
    if (pieces.some((piece) => typeof piece === "string" && (piece.includes("${") || /^\$./.test(piece))))
      throw hostile("a value holds $, which the configuration would fill in");
    return pieces;
  };
}

function ask(asks: Asks, key: string, { description, title, required, sensitive, multiple, type, default: preset }: Fields[string]): void {
  asks.set(key, {
    key,
    description: plain(description ?? title ?? ""),
    required: required ?? false,
    secret: sensitive ?? false,
    kind: kinds[type ?? "string"] ?? "string",
    // A default may hold `${HOME}`; whoever wants it gives it.
    ...(preset !== undefined && !String(preset).includes("$") && { default: String(preset) }),
    repeated: multiple ?? false,
    place: "env",
  });
}

const kinds: Readonly<Record<string, Ask["kind"]>> = { number: "number", boolean: "boolean", file: "filepath", directory: "filepath" };

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
