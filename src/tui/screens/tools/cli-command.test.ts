import { expect, test } from "bun:test";
import { cliCommand } from "./cli-command.ts";

test("texts go as they are, everything else as JSON, all of it safe in a shell", () => {
  const command = cliCommand("slack.messages.post", {
    channel: "C1",
    text: "it's done",
    retries: 3,
    blocks: [{ type: "divider" }],
    file: "@me",
  });
  expect(command).toBe(
    String.raw`hubctl call slack.messages.post channel=C1 'text=it'\''s done' retries:=3 'blocks:=[{"type":"divider"}]' 'file:="@me"'`,
  );
});
