/** A log that has something to write in the transaction of a group. */
export interface GroupMember {
  /** Writes what waits; what it returns is called once the transaction is committed. */
  write(): () => void;
  /** The group is over; what still waits then was not written and has to go another way. */
  left(): void;
}

export interface GroupCommit {
  /** Has a member write at the end of this turn of the event loop, once. */
  join(member: GroupMember): void;
}

export interface GroupCommitOptions {
  readonly isFree: () => boolean;
  readonly transaction: (work: () => void) => void;
  readonly atTurnsEnd?: (work: () => void) => void;
}

/**
 * Gathers what several logs want to write in one turn of the event loop into one transaction: the commit costs more than the
 * rows. Where that fails, or a transaction is open, every log writes its own again, so that one cannot spoil the other's.
 */
export function createGroupCommit({ isFree, transaction, atTurnsEnd = setImmediate }: GroupCommitOptions): GroupCommit {
  let members: GroupMember[] = [];
  const commit = (group: readonly GroupMember[]) => {
    const told: (() => void)[] = [];
    try {
      if (isFree()) {
        transaction(() => told.push(...group.map((member) => member.write())));
        for (const tell of told) tell();
      }
    } catch {
      // Each member tries alone, and tells those who wait why it failed.
    }
    for (const member of group) member.left();
  };
  return {
    join(member) {
      members.push(member);
      if (members.length > 1) return;
      atTurnsEnd(() => {
        const group = members;
        members = [];
        commit(group);
      });
    },
  };
}
