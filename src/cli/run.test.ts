import { describe, expect, test } from "bun:test";
import { operationManifest } from "./operation-manifest.ts";
import { rootTable } from "./root.ts";
import { wantsColour } from "./terminal.ts";
import { cli } from "../../tests/support/cli-driver.ts";

describe("root", () => {
  test("help lists every command in its group, and the global flags", async () => {
    for (const argv of [[], ["--help"], ["-h"], ["help"]]) {
      const { code, out, err } = await cli(argv);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const [name, { summary }] of Object.entries(rootTable))
        expect(out).toMatch(new RegExp(`^  ${name} +${RegExp.escape(summary)}$`, "m"));
      expect(out).toContain("-c, --config <file>");
      expect(out).not.toContain("__complete");
    }
  });

  test("every area of operations has its commands, and every command loads with a summary and an example", async () => {
    for (const { area, verb } of operationManifest) {
      const target = await rootTable[area]?.load();
      expect(target?.kind === "group" && Object.keys(target.members)).toContain(
        verb.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      );
    }
    for (const [name, entry] of Object.entries(rootTable)) {
      const target = await entry.load();
      const commands = target.kind === "group" ? await Promise.all(Object.values(target.members).map((load) => load())) : [target];
      for (const { summary, examples } of commands) expect([name, summary.length > 0, examples.length > 0]).toEqual([name, true, true]);
    }
  });

  test("help of a command that is not there is a mistake", async () => {
    expect(await cli(["help", "srvers"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("Did you mean `hubctl servers`?"),
    });
    expect(await cli(["--bogus", "servers", "list"])).toMatchObject({ code: 2, err: expect.stringContaining("Unknown flag --bogus") });
    expect(await cli(["servers", "--bogus"])).toMatchObject({ code: 2, err: "error: hubctl servers needs a command before --bogus\n" });
  });
});

test("the dashboard needs a terminal, and names what does not", async () => {
  expect(await cli(["tui"])).toMatchObject({ code: 2, out: "", err: expect.stringContaining("hubctl servers list") });
});

test("colour follows NO_COLOR, FORCE_COLOR and the terminal, in this order", () => {
  expect(wantsColour({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: "" }, true)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: "0" }, true)).toBe(false);
  expect(wantsColour({ TERM: "dumb" }, true)).toBe(false);
  expect(wantsColour({}, false)).toBe(false);
});

test("an unexpected failure shows no inside, and exits with 1", async () => {
  const answers = {
    "hub.status": () => {
      throw new TypeError("secret inside");
    },
  };
  const { code, out, err } = await cli(["hub", "status"], { answers });
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).not.toContain("secret inside");
  expect(err).toContain("hubctl doctor");
});
