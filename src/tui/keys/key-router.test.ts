import { describe, expect, test } from "bun:test";
import { KeyRouter, layerOrder, type KeyLayer } from "./key-router.ts";

function routerWith(...layers: KeyLayer[]) {
  const refused: string[] = [];
  const router = new KeyRouter((reason) => refused.push(reason));
  for (const layer of layers) router.add(Symbol(), () => layer);
  return { router, refused };
}

describe("KeyRouter", () => {
  test("asks the highest layer first and stops at the first that knows the key", () => {
    const ran: string[] = [];
    const { router } = routerWith(
      { order: layerOrder.app, actions: { "app.quit": () => ran.push("quit") } },
      { order: layerOrder.screen, actions: { "list.open": () => ran.push("open") } },
      { order: layerOrder.form, actions: { "form.activate": () => ran.push("activate") } },
    );
    router.press("enter");
    router.press("q");
    expect(ran).toEqual(["activate", "quit"]);
  });

  test("a dialog keeps every key from what lies below", () => {
    const ran: string[] = [];
    const { router } = routerWith(
      { order: layerOrder.app, actions: { "app.quit": () => ran.push("quit") } },
      { order: layerOrder.palette, isModal: true, actions: {} },
    );
    router.press("q");
    expect(ran).toEqual([]);
  });

  test("a letter typed into a field is text, even when it is a binding of the same layer", () => {
    const typed: string[] = [];
    const ran: string[] = [];
    const type = (key: string) => (typed.push(key), true);
    const { router } = routerWith({
      order: layerOrder.edit,
      actions: { "form.add": () => ran.push("add"), "edit.commit": () => ran.push("commit") },
      type,
    });
    router.press("a");
    router.press("enter");
    expect([typed, ran]).toEqual([["a"], ["commit"]]);
  });

  test("says why a disabled key does nothing", () => {
    const { router, refused } = routerWith({
      order: 0,
      actions: { "servers.restart": { run: () => expect.unreachable(), disabled: "hub unreachable" } },
    });
    router.press("R");
    expect(refused).toEqual(["restart the server: hub unreachable"]);
  });
});
