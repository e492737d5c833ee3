import type { InstallRecord } from "./install-store.ts";
import type { Plan, UpdateDiff } from "./schema.ts";

/** What an update would change of what was agreed to. */
export function updateDiff(record: InstallRecord, plan: Plan, repositoryId: string | undefined): UpdateDiff {
  const [before, after] = [record.permissions, plan.permissions];
  const [from, to] = [before.argv ?? [before.url ?? ""], after.argv ?? [after.url ?? ""]];
  return {
    version: { from: record.package?.version ?? record.version, to: plan.package?.version ?? plan.version },
    integrity: { from: record.package?.integrity, to: plan.package?.integrity },
    ...(JSON.stringify(from) !== JSON.stringify(to) && { argv: { from, to } }),
    env: changes([...before.env, ...before.headers], [...after.env, ...after.headers]),
    origins: changes(before.origins, after.origins),
    warnings: [...movedPackage(record, plan), ...otherRepository(record, repositoryId), ...plan.warnings],
  };
}

/** Which tools are new, gone, or no longer say what they said. */
export function toolChanges(
  before: InstallRecord["tools"],
  after: InstallRecord["tools"],
): { added: string[]; removed: string[]; changed: string[] } {
  return {
    ...changes(Object.keys(before), Object.keys(after)),
    changed: Object.keys(after).filter((name) => Object.hasOwn(before, name) && before[name] !== after[name]),
  };
}

const changes = (before: readonly string[], after: readonly string[]) => ({
  added: after.filter((one) => !before.includes(one)),
  removed: before.filter((one) => !after.includes(one)),
});

/** A version is published once; the same one with another hash is another package. */
function movedPackage({ package: before }: InstallRecord, { package: after }: Plan): string[] {
  if (!before?.integrity || !after?.integrity || before.version !== after.version || before.integrity === after.integrity) return [];
  return [`${after.identifier} ${after.version} is not the package that was installed: its hash is another`];
}

/** A name that was freed and taken again leads to another repository. */
const otherRepository = ({ repositoryId }: InstallRecord, now: string | undefined) =>
  repositoryId !== undefined && now !== undefined && repositoryId !== now
    ? ["It now comes from another repository than the installed version"]
    : [];
