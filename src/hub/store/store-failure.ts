import { HubError } from "../kernel/errors.ts";

interface Failure {
  readonly codes: readonly string[];
  readonly message: (path: string) => string;
  readonly hint: (path: string) => string;
}

/** SQLite's result codes (https://sqlite.org/rescode.html) and errno names that mean the store itself is out of order. */
const failures: readonly Failure[] = [
  {
    codes: ["SQLITE_BUSY", "SQLITE_LOCKED"],
    message: (path) => `The store ${path} is locked: another process has been writing to it for too long`,
    hint: (path) => `Find that process with \`fuser ${path}\` and wait for it or end it`,
  },
  {
    codes: ["SQLITE_NOTADB", "SQLITE_CORRUPT"],
    message: (path) => `The store ${path} cannot be read: it is damaged, or no SQLite database`,
    hint: (path) => `Put a backup in the place of ${path}, or move it away to start with an empty store`,
  },
  {
    codes: ["SQLITE_READONLY", "EROFS"],
    message: (path) => `The store ${path} is read-only`,
    hint: (path) => `Make ${path} and its directory writable for this user`,
  },
  {
    codes: ["SQLITE_FULL", "ENOSPC", "EDQUOT"],
    message: (path) => `The store ${path} cannot grow: the disk is full`,
    hint: (path) => `Free some space on the disk that holds ${path}`,
  },
  {
    codes: [
      "SQLITE_CANTOPEN",
      "SQLITE_PERM",
      "SQLITE_AUTH",
      "EACCES",
      "EPERM",
      "EISDIR",
      "ENOTDIR",
      "ENOENT",
      "EEXIST",
      "ENAMETOOLONG",
      "ELOOP",
    ],
    message: (path) => `The store ${path} cannot be opened`,
    hint: (path) => `Check that ${path} is a file, that its directory exists, and that this user may write both`,
  },
  {
    codes: ["SQLITE_IOERR", "EIO"],
    message: (path) => `The disk fails under the store ${path}`,
    hint: (path) => `Look at the system log for errors of the disk that holds ${path}`,
  },
];

/** What to throw for an error of the database: a HubError with the next step when the file is the reason, else the error itself. */
export function storeFailure(cause: unknown, path: string): unknown {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const failure = failures.find(({ codes }) => codes.some((known) => code === known || code.startsWith(`${known}_`)));
  return failure ? new HubError("UNAVAILABLE", failure.message(path), { hint: failure.hint(path), cause }) : cause;
}
