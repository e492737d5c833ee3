/** Where a binding holds. The same letter means the same thing wherever it holds. */
export const scopes = {
  global: "Everywhere",
  list: "Lists",
  detail: "Detail",
  home: "Home",
  servers: "Servers",
  tools: "Tools",
  form: "Form",
  stream: "Events and logs",
  json: "JSON",
  edit: "Editing",
  dialog: "Dialogs",
} as const;
export type Scope = keyof typeof scopes;

export interface Binding {
  readonly id: string;
  readonly scope: Scope;
  /** The first key is the one shown. */
  readonly keys: readonly string[];
  readonly title: string;
  /** A word for the bar at the bottom; without one the binding shows only in the help. */
  readonly hint?: string;
}

type Row = readonly [id: string, keys: string, title: string, hint?: string];

const within = (scope: Scope, rows: readonly Row[]): readonly Binding[] =>
  rows.map(([id, keys, title, hint]) => ({ id, scope, keys: keys.split(" "), title, hint }));

/** Every key of the terminal interface: handlers, the bar, the help, the palette and the reference page are made from this. */
export const keymap: readonly Binding[] = [
  ...within("servers", [
    ["servers.restart", "R", "restart the server", "restart"],
    ["servers.toggle", "t", "start or stop the server", "toggle"],
    ["servers.logs", "L", "logs of the server", "logs"],
  ]),
  ...within("home", [["home.open", "enter", "open the problem under the cursor", "open"]]),
  ...within("tools", [
    ["tools.form", "enter", "open the form that calls the tool", "form"],
    ["tools.repeat", ".", "call again with the last arguments", "repeat"],
  ]),
  ...within("form", [
    ["form.run", "ctrl+s", "call the tool", "run"],
    ["form.activate", "enter", "edit, open or choose", "edit"],
    ["form.next", "down tab j", "next field"],
    ["form.previous", "up shift+tab k", "previous field"],
    ["form.toggle", "space", "toggle, or the next choice", "toggle"],
    ["form.left", "left", "previous choice, or close"],
    ["form.right", "right", "next choice, or open"],
    ["form.add", "a", "add an item or a key", "add"],
    ["form.remove", "x", "remove the item or key", "remove"],
    ["form.moveUp", "alt+up", "move the item up"],
    ["form.moveDown", "alt+down", "move the item down"],
    ["form.unset", "u", "leave the field out", "unset"],
    ["form.json", "J", "edit the field as JSON", "JSON"],
    ["form.editor", "ctrl+e", "edit the arguments in $EDITOR", "$EDITOR"],
    ["form.copyCli", "Y", "copy as a hubctl command", "copy as CLI"],
  ]),
  ...within("stream", [
    ["stream.pause", "p", "pause", "pause"],
    ["stream.follow", "f G end", "follow the newest", "follow"],
    ["stream.detail", "enter", "detail of the event", "detail"],
    ["stream.time", "t", "time of day, or how long ago", "time"],
  ]),
  ...within("json", [
    ["json.fold", "z space", "fold or unfold", "fold"],
    ["json.foldAll", "Z", "fold or unfold all"],
    ["json.left", "left h", "fold, or go to the parent"],
    ["json.right", "right l", "unfold"],
    ["json.copy", "y", "copy the value", "copy value"],
    ["json.copyPath", "Y", "copy the path", "copy path"],
  ]),
  ...within("list", [
    ["list.open", "enter", "open", "open"],
    ["list.filter", "/", "filter", "filter"],
    ["list.down", "j down", "down"],
    ["list.up", "k up", "up"],
    ["list.first", "g home", "first"],
    ["list.last", "G end", "last"],
    ["list.pageDown", "ctrl+d pagedown", "half a page down"],
    ["list.pageUp", "ctrl+u pageup", "half a page up"],
    ["list.sort", "s", "sort by the next column", "sort"],
    ["list.reverse", "S", "reverse the order"],
    ["list.copy", "y", "copy the name", "copy"],
  ]),
  ...within("detail", [
    ["detail.nextTab", "]", "next tab", "tabs"],
    ["detail.previousTab", "[", "previous tab"],
    ["detail.pane", "tab shift+tab", "other pane", "pane"],
  ]),
  ...within("edit", [
    ["edit.commit", "enter", "keep", "keep"],
    ["edit.cancel", "esc", "give up", "cancel"],
    ["edit.next", "tab", "keep and go on"],
    ["edit.stepUp", "ctrl+up up", "one step more"],
    ["edit.stepDown", "ctrl+down down", "one step less"],
  ]),
  ...within("dialog", [
    ["dialog.accept", "enter", "accept", "accept"],
    ["dialog.close", "esc", "close", "close"],
    ["dialog.down", "down ctrl+n", "down"],
    ["dialog.up", "up ctrl+p", "up"],
    ["dialog.complete", "tab", "complete"],
  ]),
  ...within("global", [
    ["view.home", "0", "Home"],
    ["view.servers", "1", "Servers"],
    ["view.tools", "2", "Tools"],
    ["view.events", "4", "Events"],
    ["app.palette", ": ctrl+p", "command palette", "command"],
    ["app.help", "?", "this help"],
    ["app.back", "esc", "clear, then back", "back"],
    ["app.quit", "q", "back, quit at the root"],
    ["app.lastView", "-", "last view"],
    ["app.problem", "!", "next problem", "problem"],
    ["app.refresh", "ctrl+r", "fetch again"],
    ["app.zoom", "+", "only the focused pane, or both"],
    ["app.redraw", "ctrl+l", "redraw the screen"],
    ["app.suspend", "ctrl+z", "suspend"],
    ["app.interrupt", "ctrl+c", "cancel the running call, or quit"],
  ]),
];

export const bindings: ReadonlyMap<string, Binding> = new Map(keymap.map((each) => [each.id, each]));

const shown: Readonly<Record<string, string>> = {
  enter: "Enter",
  esc: "Esc",
  space: "Space",
  tab: "Tab",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  pageup: "PgUp",
  pagedown: "PgDn",
  home: "Home",
  end: "End",
  backspace: "Backspace",
  delete: "Delete",
};

/** A key as people write it: `ctrl+s` is `Ctrl+S`. */
export function keyLabel(key: string): string {
  const parts = key === "+" ? ["+"] : key.split("+");
  return parts
    .map(
      (part, i) =>
        shown[part] ?? (parts.length > 1 ? (i === parts.length - 1 && part.length === 1 ? part.toUpperCase() : capital(part)) : part),
    )
    .join("+");
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
