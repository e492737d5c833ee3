/** What a change of the configuration does to servers, by name. */
export interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
  readonly unchanged: readonly string[];
  /** Which fields of each modified server are others. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface Live {
  /** The servers of the new configuration in its order. */
  readonly wanted: Readonly<Record<string, object>>;
  /** Whether a server is disabled as it stands. */
  readonly isDisabled: (name: string) => boolean;
}

/** Whether a server is disabled counts as changed against how it stands, for a request may have switched it since the file was read. */
export function againstLive({ added, removed, fields }: Changes, { wanted, isDisabled }: Live): Changes {
  const fieldsOf = (name: string) => {
    const others = (fields[name] ?? []).filter((field) => field !== "disabled");
    const entry = wanted[name]!;
    const isWanted = !("disabled" in entry && Boolean(entry.disabled));
    return isDisabled(name) === isWanted ? [...others, "disabled"] : others;
  };
  const kept = Object.keys(wanted).filter((name) => !added.includes(name));
  const modified = kept.filter((name) => fieldsOf(name).length > 0);
  return {
    added,
    removed,
    modified,
    unchanged: kept.filter((name) => !modified.includes(name)),
    fields: Object.fromEntries(modified.map((name) => [name, fieldsOf(name)])),
  };
}

/** mcp-hub tells the values too, which may be secrets: whoever wants them reads the file. */
export function shownChanges({ added, removed, modified, unchanged, fields }: Changes): object {
  const inTheirWords = (field: string) => (field === "configSource" ? "config_source" : field);
  const details = Object.entries(fields).map(([name, changed]) => {
    return [name, { modifiedFields: changed.map(inTheirWords), oldValues: {}, newValues: {} }] as const;
  });
  return { added, removed, modified, unchanged, details: Object.fromEntries(details) };
}
