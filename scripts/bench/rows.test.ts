import { expect, test } from "bun:test";
import { footprintRows, startRows } from "./rows.ts";
import { renderTable } from "./table.ts";

const start = { hello: 5, "--version": 12, "--help": 25, call: 60, "mcp-hub --help": 300 };

test("a command is held against a hello world of the same round", () => {
  const slow = Object.fromEntries(Object.entries(start).map(([name, ms]) => [name, ms * 3])) as typeof start;
  const [version, help] = startRows([start, slow, slow]);
  expect(version).toMatchObject({ value: "36.0 ms", ratio: 2.4, budget: { text: "≤ 4 ×", holds: true } });
  expect(help).toMatchObject({ ratio: 5, budget: { holds: false } });
});

test("what has a budget says whether it holds, and a budget in ms is not judged by the ratio", () => {
  const rows = footprintRows({
    ready: [{ hub: 151, mcpHub: 900 }],
    http: { hub: 90, mcpHub: 100 },
    stdio: { hub: 70, mcpHub: 100 },
  });
  expect(rows.map(({ budget }) => budget?.holds)).toEqual([false, true, undefined]);
});

test("the table groups its rows and aligns their columns", () => {
  const table = renderTable(startRows([start]).slice(0, 2));
  expect(table).toBe(
    [
      "",
      "commands, start to end",
      "  hubctl --version  12.0 ms  5.0 ms hello world  2.40 ×  ≤ 4 ×     holds",
      "  hubctl --help     25.0 ms  5.0 ms hello world  5.00 ×  ≤ 4 ×     MISSED",
    ].join("\n"),
  );
});
