import type { z } from "zod";
import type { Plan, UpdateDiff } from "#hub/marketplace/schema.ts";
import { command } from "../command.ts";
import { wantConsent } from "../clients/consent.ts";
import { collectInputs } from "../marketplace/collect-inputs.ts";
import { printDiff } from "../marketplace/print-plan.ts";
import { createMessages } from "../output/messages.ts";
import { showProgress } from "../output/progress.ts";
import { printResult } from "../output/result.ts";

interface Answer {
  readonly diff: z.output<typeof UpdateDiff>;
  readonly plan: z.output<typeof Plan>;
}

export const marketplaceUpdate = command({
  name: "update",
  summary: "Update an installed server: see what changes, agree",
  description:
    "Shows the difference of version, command, variables and addresses first and asks; the difference of its tools when the new version has run. What was given at installation is kept. When the new version does not start, the old one is put back.",
  examples: [{ line: "hubctl marketplace update filesystem", means: "to the newest version" }],
  flags: {
    server: { type: "string", description: "Name in the configuration" },
    version: { type: "string", description: "Default: the newest" },
    input: {
      type: "array",
      items: { type: "string" },
      alias: "i",
      hint: "key=value",
      description: "What it asks for now, and did not before",
    },
    hold: { type: "boolean", description: "Leave it disabled after its tools were listed" },
    yes: { type: "boolean", alias: "y", description: "Agree to the update" },
  },
  positional: ["server"],
  required: ["server"],
  async run({ server, version, input = [], hold = false, yes = false }, context) {
    const { terminal, globals, signal } = context;
    await using connection = await context.connect(globals);
    const query = { server, ...(version !== undefined && { version }) };
    const asked = (await connection.invoke("marketplace.update", query, { signal })) as Answer;
    const { from, to } = asked.diff.version;
    if (from === to && version === undefined) {
      createMessages(terminal, globals).info(`${server} is at ${to} already`);
      return printResult(asked, { operation: "marketplace.update", terminal, json: globals.json, now: context.runtime.clock.now() });
    }
    if (!yes || !globals.quiet) printDiff(asked.diff, terminal.stderr);
    await wantConsent(`Update ${server}?`, yes, context);
    const given = await collectInputs(asked.plan.asks, { typed: input, mayAsk: false }, context);
    using progress = showProgress(terminal.stderr, globals);
    const done = (await connection.invoke(
      "marketplace.update",
      { ...query, ...given, hold, consent: asked.plan.consent },
      { signal, onProgress: progress.report },
    )) as Answer & { readonly result: unknown };
    progress.clear();
    if (!globals.quiet) printDiff(done.diff, terminal.stderr);
    printResult(globals.json === undefined ? done.result : done, {
      operation: "marketplace.update",
      terminal,
      json: globals.json,
      now: context.runtime.clock.now(),
    });
  },
});
