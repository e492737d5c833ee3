import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Paths } from "../kernel/paths.ts";
import type { Files } from "../kernel/runtime.ts";

/** What `hubctl connect` did to a file, to undo it. It holds no contents: what was there before is in the backup. */
const ConnectionRecord = z.object({
  client: z.string(),
  /** Keys down to the entry. */
  path: z.tuple([z.string()], z.string()),
  /** How many of these keys were there before. */
  kept: z.int().min(0),
  /** The file before the first change; none when there was no file. */
  backup: z.string().optional(),
  /** SHA-256 of the file as it was left; none when somebody changed it between two changes of ours. */
  left: z.string().optional(),
});
export type ConnectionRecord = Readonly<z.infer<typeof ConnectionRecord>>;

const Records = z.record(z.string(), ConnectionRecord);

export interface RecordsOptions {
  readonly files: Files;
  readonly paths: Pick<Paths, "state">;
}

/** The records, by the path of the file and the name of the entry. */
export interface ConnectionRecords {
  get(file: string, name: string): Promise<ConnectionRecord | undefined>;
  /** Undefined forgets it. */
  set(file: string, name: string, record: ConnectionRecord | undefined): Promise<void>;
}

export function connectionRecords({ files, paths }: RecordsOptions): ConnectionRecords {
  const path = join(paths.state, "clients.json");
  const read = async (): Promise<z.infer<typeof Records>> => {
    const text = await files.read(path);
    return (text === undefined ? undefined : Records.safeParse(parse(text)).data) ?? {};
  };
  const keyOf = (file: string, name: string) => `${file}#${name}`;
  return {
    get: async (file, name) => (await read())[keyOf(file, name)],
    async set(file, name, record) {
      const { [keyOf(file, name)]: _, ...others } = await read();
      await files.makeDirectory(paths.state);
      await files.replace(path, `${JSON.stringify(record ? { ...others, [keyOf(file, name)]: record } : others, null, 2)}\n`);
    },
  };
}

/** What a text is recognised by. */
export const fingerprintOf = (text: string): string => createHash("sha256").update(text).digest("hex");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
