import type { Source } from "../../catalog/source.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Watches } from "./subscriptions.ts";
import type { View } from "./view.ts";

export interface ListenStreamsOptions {
  readonly view: View;
  readonly watches: Watches;
  /** Tells every stream of the door that named this URI. */
  readonly updated: (uri: string) => void;
}

/** The resources that `subscriptions/listen` streams of one door name: watched at their servers while a stream lasts. */
export interface ListenStreams extends Disposable {
  /** Passes a listen request on with those resources left in it that its principal may read and that can be watched. */
  serve(body: object, principal: Principal, send: (body: object) => Promise<Response>): Promise<Response>;
}

interface ListenRequest {
  readonly params?: { readonly notifications?: { readonly resourceSubscriptions?: unknown } };
}

export const isListen = (body: unknown): body is object =>
  typeof body === "object" && body !== null && (body as { method?: unknown }).method === "subscriptions/listen";

export function createListenStreams({ view, watches, updated }: ListenStreamsOptions): ListenStreams {
  const targets = new Map<string, { readonly source: Source; readonly uri: string }>();
  const streams = new Map<string, number>();
  // One watch for all streams: each would else tell all others too.
  const subscriptions = watches.session((uri) => targets.get(uri), updated);

  const leave = (uri: string) => {
    const left = streams.get(uri)! - 1;
    streams.set(uri, left);
    if (left > 0) return;
    streams.delete(uri);
    targets.delete(uri);
    void subscriptions.remove(uri).catch(() => undefined);
  };
  const join = async (uri: string, principal: Principal): Promise<boolean> => {
    const target = view.route(uri, principal);
    if (!target) return false;
    targets.set(uri, target);
    streams.set(uri, (streams.get(uri) ?? 0) + 1);
    try {
      await subscriptions.add(uri);
      return true;
    } catch {
      leave(uri);
      return false;
    }
  };

  return {
    async serve(body, principal, send) {
      const asked = namedResources(body);
      if (asked.length === 0) return send(body);
      const joined: string[] = [];
      for (const uri of asked) if (await join(uri, principal)) joined.push(uri);
      const response = await send(withResources(body, joined));
      return whenOver(response, () => joined.forEach(leave));
    },
    [Symbol.dispose]: () => subscriptions[Symbol.dispose](),
  };
}

function namedResources(body: ListenRequest): string[] {
  const named = body.params?.notifications?.resourceSubscriptions;
  return Array.isArray(named) ? [...new Set(named.filter((uri) => typeof uri === "string"))] : [];
}

function withResources(body: ListenRequest, resourceSubscriptions: readonly string[]): object {
  const { params } = body;
  return { ...body, params: { ...params, notifications: { ...params?.notifications, resourceSubscriptions } } };
}

/** The same response; `run` is called once, when its body has ended or nobody reads it any more. */
function whenOver(response: Response, run: () => void): Response {
  const reader = response.body?.getReader();
  let over = false;
  const end = () => {
    if (!over) run();
    over = true;
  };
  if (!reader) {
    end();
    return response;
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
      if (value !== undefined) return controller.enqueue(value);
      if (done && !over) {
        end();
        controller.close();
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
