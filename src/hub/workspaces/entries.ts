import type { Host } from "../kernel/runtime.ts";
import { WorkspaceEntry, type WorkspaceEntries } from "./schema.ts";

/** Reads the text of the file; undefined when it is damaged. What names no process is no entry. */
export function parseEntries(text: string | undefined): WorkspaceEntries | undefined {
  if (text === undefined || text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).flatMap(([port, entry]) => {
        const { data } = WorkspaceEntry.safeParse(entry);
        return data ? [[port, data]] : [];
      }),
    );
  } catch {
    return undefined;
  }
}

/** Hubs that were killed leave their entry behind. */
export const living = (entries: WorkspaceEntries, { isAlive }: Pick<Host, "isAlive">): WorkspaceEntries =>
  Object.fromEntries(Object.entries(entries).filter(([, { pid }]) => isAlive(pid)));

/** Puts our entry in, or what changed of it. */
export const withOwn = (entries: WorkspaceEntries, own: WorkspaceEntry): WorkspaceEntries => ({ ...entries, [own.port]: own });

/** Takes our entry out; one that another hub has put under our port stays. */
export const withoutOwn = (entries: WorkspaceEntries, { port, pid }: Pick<WorkspaceEntry, "port" | "pid">): WorkspaceEntries =>
  Object.fromEntries(Object.entries(entries).filter(([key, entry]) => key !== String(port) || entry.pid !== pid));

export const entriesText = (entries: WorkspaceEntries): string => JSON.stringify(entries, null, 2);
