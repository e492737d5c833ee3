import { expect, test } from "bun:test";
import { createComparison } from "./comparison.ts";
import { readWith } from "./configurations.ts";

const stricter = /^(servers after )?(arguments that are no list|a command that is a number|an env that is a list|a cwd that is a number)$/;
const laxer = /^(servers after )?(an empty object|a url that begins with a placeholder)$/;

const fields = "\\.(code|data|error|status|servers)\\S* |(one|base) ";

const comparison = createComparison([
  {
    where: stricter,
    what: new RegExp(`^(status 200 → 500$|code undefined → CONFIG_ERROR$|${fields})`),
    why: "A value of the wrong kind is an error",
  },
  {
    where: laxer,
    what: new RegExp(`^(status 500 → 200$|code CONFIG_ERROR → undefined$|${fields})`),
    why: "`url` is checked once its placeholders are filled in, and an empty configuration is none the worse",
  },
  {
    where: /^(?!servers after)/,
    what: /^\.data\.(server|config|env|headers|url) \w+ → absent$|^\.data\.(configPath|error) absent → string$/,
    why: "`data` of a `CONFIG_ERROR` is the file and what is wrong in it",
  },
]);

test("the same configurations are taken and refused, and a refused one leaves the servers as they were", async () => {
  const [theirs, ours] = await Promise.all([readWith("theirs"), readWith("ours")]);
  comparison.answers(theirs, ours);
  expect(ours["dev with a relative cwd"]).toMatchObject({ status: 500, code: "CONFIG_ERROR" });
  expect(ours["servers after dev with a relative cwd"]!.servers).toEqual({ base: "disabled" });
  expect(ours["servers after dev of a local server"]!.servers).toEqual({ one: "disabled" });
  await comparison.allIsNeeded();
}, 60_000);
