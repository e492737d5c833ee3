import { expect, test } from "bun:test";
import { page, table } from "./generated.ts";

test("a table is set as the formatter would, whatever is in its cells", async () => {
  const text = page(
    "Title",
    table(
      ["a", "long head"],
      [
        ["x|y", "two\nlines"],
        ["日本", ""],
      ],
    ),
  );
  expect(text).toContain("| x\\|y | two lines |");
  const formatted = await Bun.$`${process.execPath} fmt --no-script --stdin-filepath page.md < ${new Response(text)}`.text();
  expect(text).toBe(formatted);
});
