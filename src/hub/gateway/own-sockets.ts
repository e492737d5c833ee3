import type { Runtime } from "../kernel/runtime.ts";

/** A socket of this process. */
export interface OwnSocket {
  readonly isListening: boolean;
  /** The TCP port it is bound to; of a connection that came in, the one that was called. */
  readonly port: number | undefined;
  /** It is bound to a unix socket, as are the connections that came in through that. */
  readonly isUnix: boolean;
  /** Whether other processes of this user that share may listen on the same port. */
  share(isShared: boolean): void;
  /** Of all that listen on the port, the one that began second gets every new connection. */
  callSecond(): void;
  /** Listens no more, but leaves the connections that came in, which Bun would close. What waits to be accepted is lost. */
  leave(): void;
}

/** What Linux calls them in socket(7), the same on every machine Bun runs on. */
const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const SO_ACCEPTCONN = 30;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const AF_UNIX = 1;
const AF_INET = [2, 10];
const SOCK_STREAM = 1;

/** GNU's and musl's. */
const libraries = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** The sockets of this process, which Bun keeps to itself; undefined where there is no way to them. */
export async function ownSockets({ host, files }: Pick<Runtime, "host" | "files">): Promise<(() => Promise<OwnSocket[]>) | undefined> {
  const system = host.platform === "linux" ? await openSystem() : undefined;
  if (!system) return undefined;
  return async () => {
    const open = (await files.list("/proc/self/fd")).map((fd) => look(Number(fd), system));
    return open.filter((socket) => socket !== undefined);
  };
}

async function openSystem() {
  const { dlopen, ptr } = await import("bun:ffi");
  const functions = {
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
    getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    dup2: { args: ["i32", "i32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  } as const;
  for (const library of libraries)
    try {
      return { ...dlopen(library, functions).symbols, addressOf: ptr };
    } catch {
      // Another one, or none.
    }
  return undefined;
}

type System = NonNullable<Awaited<ReturnType<typeof openSystem>>>;

/** Undefined for what is no socket. */
function look(fd: number, system: System): OwnSocket | undefined {
  const bytes = new Uint8Array(128);
  const length = new Int32Array([bytes.byteLength]);
  if (system.getsockname(fd, bytes, length) !== 0) return undefined;
  const name = new DataView(bytes.buffer);
  const isListening = new Int32Array(1);
  system.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, isListening, new Int32Array([isListening.byteLength]));
  const family = name.getUint16(0, true);
  return {
    isListening: isListening[0] === 1,
    port: AF_INET.includes(family) ? name.getUint16(2) : undefined,
    isUnix: family === AF_UNIX && length[0]! > 2,
    share: (isShared) => void system.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, new Int32Array([isShared ? 1 : 0]), 4),
    callSecond: () => attachFilter(fd, system),
    leave: () => replaceByIdle(fd, system),
  };
}

/** A `sock_fprog` of one instruction, which returns 1: the place, counted from 0, in the order they began to listen. */
function attachFilter(fd: number, { setsockopt, addressOf }: System): void {
  const returnOne = new Uint8Array([0x06, 0, 0, 0, 1, 0, 0, 0]);
  const program = new BigUint64Array([1n, BigInt(addressOf(returnOne))]);
  setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program, program.byteLength);
}

/** Bun closes the number some day, which must not be another file's by then. */
function replaceByIdle(fd: number, { socket, dup2, close }: System): void {
  const idle = socket(AF_UNIX, SOCK_STREAM, 0);
  dup2(idle, fd);
  close(idle);
}
