import { expect, test } from "bun:test";
import { createInTurn } from "./in-turn.ts";

function fixture() {
  const inTurn = createInTurn();
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const ask = (name: string, key: string) =>
    inTurn(name, key, () => {
      begun.push(`${name} ${key}`);
      const end = Promise.withResolvers<string>();
      ends.set(key, end);
      return end.promise;
    });
  return { begun, ends, ask };
}

test("the same is done once for all who ask meanwhile, and anew for who asks later", async () => {
  const { begun, ends, ask } = fixture();
  const both = [ask("a", "1"), ask("a", "1")];
  ends.get("1")!.resolve("one");
  expect(await Promise.all(both)).toEqual(["one", "one"]);
  const later = ask("a", "1");
  ends.get("1")!.resolve("two");
  expect(await later).toBe("two");
  expect(begun).toEqual(["a 1", "a 1"]);
});

test("something else waits for its turn, also behind what fails; another name does not wait", async () => {
  const { begun, ends, ask } = fixture();
  const first = ask("a", "1");
  const second = ask("a", "2");
  void ask("b", "3");
  expect(begun).toEqual(["a 1", "b 3"]);
  ends.get("1")!.reject(new Error("no"));
  await expect(first).rejects.toThrow("no");
  expect(begun).toEqual(["a 1", "b 3", "a 2"]);
  ends.get("2")!.resolve("two");
  expect(await second).toBe("two");
});
