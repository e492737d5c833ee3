import { bindings, type Binding } from "./keymap.ts";

export type Action =
  (() => void) | { readonly run: () => void; /** Why the key does nothing now. */ readonly disabled: string | undefined };

/** What a part of the screen does with keys while it is there. */
export interface KeyLayer {
  /** Higher layers are asked first: a dialog before a form before a list before the application. */
  readonly order: number;
  /** Nothing below it gets a key. */
  readonly isModal?: boolean;
  readonly actions: Readonly<Record<string, Action>>;
  /** Takes a key that is no binding: typed text, or an editing key such as `ctrl+w`. True when it did. */
  readonly type?: (key: string) => boolean;
  readonly paste?: (text: string) => void;
}

export const layerOrder = { app: 0, screen: 10, pane: 20, form: 30, edit: 40, palette: 50, help: 60, confirm: 70 } as const;

export interface AvailableAction {
  readonly binding: Binding;
  readonly run: () => void;
  readonly disabled: string | undefined;
}

const places = new Map([...bindings.keys()].map((id, place) => [id, place]));

/** Gives each key to exactly one consumer, the highest layer that knows it. */
export class KeyRouter {
  readonly #layers = new Map<symbol, () => KeyLayer>();
  readonly #changed = new Set<() => void>();
  readonly #refused: (reason: string) => void;

  constructor(refused: (reason: string) => void) {
    this.#refused = refused;
  }

  add(id: symbol, layer: () => KeyLayer): () => void {
    this.#layers.set(id, layer);
    this.announce();
    return () => {
      this.#layers.delete(id);
      this.announce();
    };
  }

  announce(): void {
    for (const changed of this.#changed) changed();
  }

  subscribe(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => void this.#changed.delete(changed);
  }

  press(key: string): void {
    for (const layer of this.#reachable()) {
      const id = Object.keys(layer.actions).find((each) => bindings.get(each)?.keys.includes(key));
      const isTyped = layer.type !== undefined && key.length > 0 && !key.includes("+") && [...key].length === 1;
      if (!isTyped && id !== undefined) return this.#run(id, layer.actions[id]!);
      if (layer.type?.(key)) return;
      if (id !== undefined) return this.#run(id, layer.actions[id]!);
    }
  }

  paste(text: string): void {
    this.#reachable()
      .find((layer) => layer.paste)
      ?.paste?.(text);
  }

  /** The actions a key could reach now, the nearest first, then in the order of the key map: for the bar, the help and the palette. */
  available(): AvailableAction[] {
    const found = new Map<string, AvailableAction & { readonly order: number }>();
    for (const { order, actions } of this.#reachable())
      for (const [id, action] of Object.entries(actions)) {
        const binding = bindings.get(id);
        if (!binding || found.has(id)) continue;
        found.set(id, { binding, order, ...(typeof action === "function" ? { run: action, disabled: undefined } : action) });
      }
    return [...found.values()].toSorted((a, b) => b.order - a.order || places.get(a.binding.id)! - places.get(b.binding.id)!);
  }

  #run(id: string, action: Action): void {
    if (typeof action === "function") return action();
    if (action.disabled === undefined) return action.run();
    this.#refused(`${bindings.get(id)?.title ?? id}: ${action.disabled}`);
  }

  #reachable(): KeyLayer[] {
    const layers = [...this.#layers.values()].map((read) => read()).toSorted((a, b) => b.order - a.order);
    const modal = layers.findIndex(({ isModal }) => isModal);
    return modal === -1 ? layers : layers.slice(0, modal + 1);
  }
}
