import type { Source } from "../../catalog/source.ts";
import { HubError } from "../../kernel/errors.ts";

/** What sessions want to hear of, counted over all of them: a source watches a URI as long as one session does. */
export interface Watches {
  /** `notify` is called with the URI as the session subscribed it. */
  session(
    route: (uri: string) => { readonly source: Source; readonly uri: string } | undefined,
    notify: (uri: string) => void,
  ): Subscriptions;
  /** A server said that a resource changed. */
  updated(source: string, uri: string): void;
}

export interface Subscriptions extends Disposable {
  add(uri: string): Promise<Record<string, never>>;
  remove(uri: string): Promise<Record<string, never>>;
}

/** Most resources one session may watch; a client that asks for more is at fault. */
const mostPerSession = 1_000;

interface Watch {
  readonly source: Source;
  readonly uri: string;
  readonly asked: string;
  readonly notify: (uri: string) => void;
}

export function createWatches(): Watches {
  const watches = new Set<Watch>();
  const tell = (source: Source) =>
    source.watch?.(new Set([...watches].filter((watch) => watch.source.id === source.id).map(({ uri }) => uri)));
  return {
    session(route, notify) {
      const own = new Map<string, Watch>();
      const drop = async (asked: string) => {
        const watch = own.get(asked);
        if (!watch) return;
        own.delete(asked);
        watches.delete(watch);
        await tell(watch.source);
      };
      return {
        async add(asked) {
          if (own.has(asked)) return {};
          if (own.size >= mostPerSession) throw new HubError("QUOTA_EXCEEDED", `This session already watches ${mostPerSession} resources`);
          const found = route(asked);
          if (!found) throw new HubError("NOT_FOUND", `There is no resource ${asked}`);
          const watch = { ...found, asked, notify };
          own.set(asked, watch);
          watches.add(watch);
          try {
            await tell(found.source);
          } catch (cause) {
            own.delete(asked);
            watches.delete(watch);
            throw cause;
          }
          return {};
        },
        async remove(asked) {
          await drop(asked);
          return {};
        },
        [Symbol.dispose]() {
          for (const asked of own.keys()) void drop(asked).catch(() => undefined);
        },
      };
    },
    updated(source, uri) {
      for (const watch of watches) if (watch.source.id === source && watch.uri === uri) watch.notify(watch.asked);
    },
  };
}
