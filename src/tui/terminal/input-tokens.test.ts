import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitInput } from "./input-tokens.ts";

const texts = (input: string) => splitInput(input).tokens.map((token) => ("text" in token ? token.text : token.kind));

describe("splitInput", () => {
  test("takes a burst apart into keys", () => {
    expect(texts("jjj\u001b[BG日👨‍👩‍👧")).toEqual(["j", "j", "j", "\u001b[B", "G", "日", "👨‍👩‍👧"]);
  });

  test("keeps a paste whole, line breaks and escapes in it included", () => {
    expect(splitInput("a\u001b[200~{\n\u001b[A}\u001b[201~b").tokens).toEqual([
      { kind: "key", text: "a" },
      { kind: "paste", text: "{\n\u001b[A}" },
      { kind: "key", text: "b" },
    ]);
  });

  test("waits for the end of a sequence that was split", () => {
    for (const part of ["\u001b", "\u001b[", "\u001b[1;", "\u001bO", "\u001b[200~half a paste", "\u001b]11;rgb:ff"]) {
      expect(splitInput(`x${part}`)).toEqual({ tokens: [{ kind: "key", text: "x" }], rest: part });
    }
  });

  test("turns reports into events and never into typing", () => {
    expect(splitInput("\u001b[<0;12;7M\u001b[I\u001b]11;rgb:ffff/ffff/ffff\u0007\u001b]10;x\u001b\\").tokens).toEqual([
      { kind: "mouse", button: 0, x: 11, y: 6, isRelease: false },
      { kind: "focus", hasFocus: true },
    ]);
  });

  test("reads escape with a letter as one key", () => {
    expect(texts("\u001bb\u001bf")).toEqual(["\u001bb", "\u001bf"]);
  });

  test("gives the same tokens wherever the input is cut", () => {
    const piece = fc.constantFrom(
      "j",
      "é",
      "\u001b[A",
      "\u001b[1;5C",
      "\u001b[<64;3;4M",
      "\u001b[200~a\nb\u001b[201~",
      "\u001b]11;x\u0007",
      "\u001bOP",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.nat(), (pieces, cut) => {
        const input = pieces.join("");
        const at = input.length === 0 ? 0 : cut % input.length;
        const first = splitInput(input.slice(0, at));
        const second = splitInput(first.rest + input.slice(at));
        expect([...first.tokens, ...second.tokens]).toEqual([...splitInput(input).tokens]);
      }),
    );
  });
});
