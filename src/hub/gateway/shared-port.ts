import type { Runtime } from "../kernel/runtime.ts";
import { ownSockets } from "./own-sockets.ts";

/** A port of this process, which another may share for the time of a hand-over and at no other time. */
export interface SharedPort {
  /** A process of this user that wants to share may listen too. */
  allow(): Promise<void>;
  /** Nobody else may. */
  deny(): Promise<void>;
  /** Every new connection comes to this process, none to the one that listened before it. */
  attract(): Promise<void>;
  /** Listens no more, and keeps its connections; what has not been accepted by then is lost. */
  leave(): Promise<void>;
  /** Another process listens too. */
  isCrowded(): Promise<boolean>;
  /** Open connections that came in through the port or the unix socket. */
  connections(): Promise<number>;
}

/**
 * Lets two processes listen on one port, and the first leave it without losing a connection that waits in its queue. Bun can share a
 * port only from the moment it listens, which would be for ever, and deals new connections out to both. Undefined where the system
 * offers nothing better.
 */
export async function sharedPort(port: number, runtime: Pick<Runtime, "host" | "files">): Promise<SharedPort | undefined> {
  const sockets = await ownSockets(runtime);
  if (!sockets) return undefined;
  const listening = async () => (await sockets()).filter((socket) => socket.isListening && socket.port === port);
  return {
    async allow() {
      for (const socket of await listening()) socket.share(true);
    },
    async deny() {
      for (const socket of await listening()) socket.share(false);
      forgetSharing(port);
    },
    async attract() {
      for (const socket of await listening()) socket.callSecond();
    },
    async leave() {
      for (const socket of await listening()) socket.leave();
    },
    async isCrowded() {
      const tables = await Promise.all(["tcp", "tcp6"].map((table) => runtime.files.read(`/proc/self/net/${table}`)));
      const addresses = tables.flatMap((table) => listeners(table ?? "", port));
      return new Set(addresses).size < addresses.length;
    },
    connections: async () => (await sockets()).filter((socket) => !socket.isListening && (socket.isUnix || socket.port === port)).length,
  };
}

/** The addresses in a table of proc_net(5) where somebody listens on the port; state 0A is LISTEN. */
function listeners(table: string, port: number): string[] {
  const rows = [...table.matchAll(/^ *\d+: ([\dA-F]+):([\dA-F]{4}) \S+ 0A /gm)];
  return rows.filter(([, , hex]) => Number.parseInt(hex!, 16) === port).map(([, address]) => address!);
}

/** Linux remembers that a port was shared until somebody who does not share listens on it, at whichever address. */
function forgetSharing(port: number): void {
  try {
    Bun.listen({ hostname: "127.0.0.2", port, exclusive: true, socket: { data: () => undefined } }).stop(true);
  } catch {
    // Somebody else listens there and does not share.
  }
}
