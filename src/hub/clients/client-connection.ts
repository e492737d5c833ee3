import JSON5 from "json5";
import { memberText, removeMember, setMember, type MemberPath } from "../config/edit-json5.ts";
import { HubError } from "../kernel/errors.ts";
import { clientRow } from "./client-table.ts";
import { fingerprintOf, type ConnectionRecord, type ConnectionRecords } from "./connection-record.ts";
import { openForeign, parseForeign, removeForeign, replaceForeign, type FileWorld, type ForeignFile } from "./foreign-file.ts";
import type { ClientPlace } from "./places.ts";

export interface ConnectionWorld extends FileWorld {
  readonly records: ConnectionRecords;
}

export interface Target {
  readonly place: ClientPlace;
  /** Of the entry. */
  readonly name: string;
}

/** A change that is worked out and not made yet. */
export interface PlannedChange {
  readonly file: ForeignFile;
  /** Undefined: the file goes, for it was not there before. */
  readonly after: string | undefined;
  readonly isNoChange: boolean;
  /** Makes it; answers where the text of before is kept. */
  readonly apply: () => Promise<string | undefined>;
}

/** Works out how the hub gets into a client's file. */
export async function planConnection({ place, name }: Target, entry: object, world: ConnectionWorld): Promise<PlannedChange> {
  const { importOnly } = clientRow(place.client);
  if (importOnly) throw new HubError("CONFLICT", importOnly.reason, { hint: importOnly.hint });
  const file = await openForeign(place.path, world);
  parseForeign(file.text ?? "", file.path);
  const path: MemberPath = [...place.servers[0], name];
  const before = file.text ?? "";
  const after = setMember(before, path, entry);
  const earlier = await world.records.get(file.real, name);
  return {
    file,
    after,
    isNoChange: after === before,
    async apply() {
      const backup = await write(file, after, { place, world });
      const record = recordOf({ file, after, path, client: place.client, backup }, earlier);
      await world.records.set(file.real, name, record);
      // Between two changes of ours, with nobody else's between them, lies nothing that anybody would want back.
      if (backup !== undefined && record.left !== undefined && record.backup !== backup) await world.runtime.files.remove(backup);
      return record.left === undefined ? backup : record.backup;
    },
  };
}

interface Made {
  readonly file: ForeignFile;
  readonly after: string;
  readonly path: MemberPath;
  readonly client: string;
  readonly backup: string | undefined;
}

/** Of several changes in a row the first one's backup is what undo goes back to. */
function recordOf({ file, after, path: [first, ...rest], client, backup }: Made, earlier: ConnectionRecord | undefined): ConnectionRecord {
  const before = file.text ?? "";
  const path: ConnectionRecord["path"] = [first, ...rest];
  const kept = path.findIndex((_, index) => memberText(before, path.slice(0, index + 1) as unknown as MemberPath) === undefined);
  const own = { client, path, kept: kept === -1 ? path.length : kept, backup, left: fingerprintOf(after) };
  if (!earlier) return own;
  const isUntouched = file.text !== undefined && earlier.left === fingerprintOf(file.text);
  return { ...own, kept: earlier.kept, backup: earlier.backup, left: isUntouched ? own.left : undefined };
}

/** Works out how to take back what `planConnection` did: the whole text where nobody changed it since, else our entry alone. */
export async function planUndo({ place, name }: Target, world: ConnectionWorld): Promise<PlannedChange> {
  const file = await openForeign(place.path, world);
  const record = await world.records.get(file.real, name);
  if (!record)
    throw new HubError("NOT_FOUND", `hubctl did not write ${name} into ${place.path}, so there is nothing to undo`, {
      hint: "Take the entry out by hand, or name it with --name",
    });
  const original = record.backup === undefined ? undefined : await world.runtime.files.read(record.backup);
  const after = textWithout(file, record, original);
  return {
    file,
    after,
    isNoChange: after === file.text,
    async apply() {
      const backup =
        after === file.text
          ? undefined
          : after === undefined
            ? await removeForeign(file, world)
            : await write(file, after, { place, world });
      await world.records.set(file.real, name, undefined);
      // What is restored to the last byte needs no copies beside it.
      if (after !== original || record.backup === undefined) return backup ?? undefined;
      for (const copy of [record.backup, backup]) if (copy) await world.runtime.files.remove(copy);
      return undefined;
    },
  };
}

function textWithout(file: ForeignFile, { path, kept, backup, left }: ConnectionRecord, original: string | undefined): string | undefined {
  if (file.text === undefined) return undefined;
  const isUntouched = left === fingerprintOf(file.text);
  if (isUntouched && backup === undefined) return undefined;
  if (isUntouched && original !== undefined) return original;
  parseForeign(file.text, file.path);
  const before = original === undefined ? undefined : memberText(original, path);
  if (before !== undefined) return setMember(file.text, path, JSON5.parse(before));
  if (kept === path.length)
    throw new HubError("CONFLICT", `${file.path} was changed since, and the backup with the entry of before is gone`, {
      hint: `Change ${path.join(".")} by hand`,
    });
  return withoutEmptied(removeMember(file.text, path), path, kept);
}

/** Takes out the objects that were made for our entry, once nothing is left in them. */
function withoutEmptied(text: string, path: MemberPath, kept: number): string {
  let left = text;
  for (let depth = path.length - 1; depth > kept; depth--) {
    const above = path.slice(0, depth) as unknown as MemberPath;
    if (!/^\{\s*\}$/.test(memberText(left, above) ?? "")) break;
    left = removeMember(left, above);
  }
  return left;
}

const write = (file: ForeignFile, text: string, { place, world }: { readonly place: ClientPlace; readonly world: FileWorld }) =>
  replaceForeign(
    file,
    { text, fresh: place.scope === "project" ? { file: 0o644, directory: 0o755 } : { file: 0o600, directory: 0o700 } },
    world,
  );
