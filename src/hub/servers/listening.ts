import type { Client, McpSubscription } from "@modelcontextprotocol/client";
import { lists, type ListName } from "./capabilities.ts";

export interface ListenOptions {
  readonly client: Client;
  readonly declared: Record<string, unknown>;
  /** Called when the stream broke and should be opened again; the caller decides when. */
  readonly later: (again: () => void, attempts: number) => void;
  /** Called when it is open again: nobody knows what changed meanwhile. */
  readonly onListChanged: (names: readonly ListName[]) => void;
}

/** Keeps `subscriptions/listen` open on a 2026-07-28 connection, for the lists and for the resources somebody watches. */
export interface Listening {
  watch(uris: ReadonlySet<string>): Promise<void>;
  close(): void;
}

export async function openListening({ client, declared, later, onListChanged }: ListenOptions): Promise<Listening> {
  let subscription: McpSubscription | undefined;
  let closed = false;
  let watched: ReadonlySet<string> = new Set();
  const changes = (name: string) => (declared[name] as { listChanged?: boolean } | undefined)?.listChanged === true;
  const filter = () => ({
    ...(changes("tools") && { toolsListChanged: true }),
    ...(changes("prompts") && { promptsListChanged: true }),
    ...(changes("resources") && { resourcesListChanged: true }),
    ...(watched.size > 0 && { resourceSubscriptions: [...watched] }),
  });

  const open = async () => {
    const old = subscription;
    subscription = undefined;
    if (!closed && Object.keys(filter()).length > 0) {
      const made = await client.listen(filter());
      subscription = made;
      void made.closed.then((how) => {
        if (how === "local" || closed || subscription !== made) return;
        reopen(0);
      });
    }
    await old?.close();
  };

  const reopen = (attempts: number) =>
    later(() => {
      if (closed) return;
      open().then(
        () => onListChanged(Object.keys(lists) as ListName[]),
        () => reopen(attempts + 1),
      );
    }, attempts);

  await open();
  return {
    async watch(uris) {
      watched = new Set(uris);
      await open();
    },
    close() {
      closed = true;
      void subscription?.close();
    },
  };
}
