import { dirname } from "node:path";
import JSON5 from "json5";
import { removeMember, setMember } from "../config/edit-json5.ts";
import { HubError } from "../kernel/errors.ts";
import type { Files } from "../kernel/runtime.ts";
import type { Disk } from "./disk.ts";

/** The servers of a configuration file, changed one at a time. */
export interface ConfigFile {
  change(path: string, change: ServerChange): Promise<FileChange>;
}

export interface ServerChange {
  readonly server: string;
  /** Undefined takes the server out. */
  readonly entry: Readonly<Record<string, unknown>> | undefined;
  /** Keep the text as it is now beside the file; the first change of several does. */
  readonly backup: boolean;
}

export interface FileChange {
  /** Where the text before is. */
  readonly backup: string | undefined;
}

export interface ConfigFileDeps {
  readonly files: Pick<Files, "read" | "replace" | "makeDirectory">;
  readonly disk: Pick<Disk, "realPath">;
}

export function createConfigFile({ files, disk }: ConfigFileDeps): ConfigFile {
  let last: Promise<unknown> = Promise.resolve();

  const change: ConfigFile["change"] = async (path, { server, entry, backup: wanted }) => {
    // A link into somebody's collection of dot files stays a link.
    const target = await disk.realPath(path);
    const before = await files.read(target);
    const text = before ?? "";
    const key = serversKey(text, path);
    const after = entry === undefined ? removeMember(text || "{}\n", [key, server]) : setMember(text, [key, server], entry);
    if (after === before) return { backup: undefined };
    await files.makeDirectory(dirname(target));
    const backup = before === undefined || !wanted ? undefined : `${target}.bak`;
    if (backup !== undefined) await files.replace(backup, before!);
    await files.replace(target, after);
    return { backup };
  };

  return {
    change(path, one) {
      const run = last.then(() => change(path, one));
      last = run.catch(() => undefined);
      return run;
    },
  };
}

/** `servers` where the file uses VS Code's name, else `mcpServers`. */
function serversKey(text: string, path: string): "servers" | "mcpServers" {
  if (text.trim() === "") return "mcpServers";
  try {
    const { servers } = JSON5.parse<Record<string, unknown>>(text.replace(/^\uFEFF/, ""));
    return servers ? "servers" : "mcpServers";
  } catch (cause) {
    throw new HubError("CONFLICT", `${path} cannot be changed: it is not valid JSON5`, {
      hint: "Mend it first; `hubctl config check` says where",
      cause,
    });
  }
}
