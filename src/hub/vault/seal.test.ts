import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { newKeyText, readKey } from "./keys.ts";
import { keyIdOf, seal, unseal, type Place } from "./seal.ts";

const { random } = fakeRuntime();
const key = await readKey(newKeyText(random), "", "");
const text = fc.string({ unit: "grapheme", maxLength: 200 });
const places: fc.Arbitrary<Place> = fc.record({ tenant: text, table: text, row: text });

test("what was sealed opens in its place, whatever it is", async () => {
  await fc.assert(
    fc.asyncProperty(text, places, async (secret, place) => {
      const sealed = await seal(key, secret, { place, random });
      expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}$/);
      expect(keyIdOf(sealed)).toBe(key.id);
      expect(await unseal(key, sealed, place)).toBe(secret);
    }),
  );
});

test("it opens in no other place, also where the parts of both read the same together", async () => {
  await fc.assert(
    fc.asyncProperty(places, places, async (place, other) => {
      fc.pre(JSON.stringify(place) !== JSON.stringify(other));
      const sealed = await seal(key, "secret", { place, random });
      expect(await unseal(key, sealed, other).catch((cause: unknown) => cause)).toBeInstanceOf(HubError);
    }),
  );
  const sealed = await seal(key, "secret", { place: { tenant: "a", table: "bc", row: "d" }, random });
  expect(await unseal(key, sealed, { tenant: "ab", table: "c", row: "d" }).catch((cause: unknown) => cause)).toBeInstanceOf(HubError);
});

test("it opens with no other key, and not when any character is another", async () => {
  const place = { tenant: "default", table: "secrets", row: "a" };
  const sealed = await seal(key, "secret", { place, random });
  const other = await readKey(newKeyText(random), "", "");
  expect(await unseal(other, sealed, place).catch((cause: unknown) => cause)).toBeInstanceOf(HubError);
  const start = sealed.indexOf(".", 3) + 1;
  for (let index = start; index < sealed.length - 1; index++) {
    const changed = sealed.slice(0, index) + (sealed[index] === "A" ? "B" : "A") + sealed.slice(index + 1);
    expect(await unseal(key, changed, place).catch((cause: unknown) => cause)).toBeInstanceOf(HubError);
  }
});
