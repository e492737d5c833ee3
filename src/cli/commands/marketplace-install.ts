import type { z } from "zod";
import type { Plan } from "#hub/marketplace/schema.ts";
import { command } from "../command.ts";
import { wantConsent } from "../clients/consent.ts";
import { collectInputs } from "../marketplace/collect-inputs.ts";
import { printPlan } from "../marketplace/print-plan.ts";
import { showProgress } from "../output/progress.ts";
import { printResult } from "../output/result.ts";

export const marketplaceInstall = command({
  name: "install",
  summary: "Install a server: see what it would run, agree, give what it asks for",
  description:
    "Shows the exact command, package, hash and addresses first and asks. Then it writes the server into the configuration (a backup stays beside it), starts it, lists its tools and enables it; when one of these fails everything is as before. Secrets are sealed and stand in no file.",
  examples: [
    { line: "hubctl marketplace install filesystem --input directory=~/notes", means: "the first server of that name" },
    { line: "hubctl marketplace install brave-search --input BRAVE_API_KEY=@key.txt --yes", means: "in a script, the secret from a file" },
  ],
  flags: {
    name: { type: "string", description: "Name in the registry, of its package, or the last part of its name" },
    version: { type: "string", description: "Default: the newest" },
    way: { type: "string", description: "npm, pypi, oci, mcpb or remote; default: the first this machine can do" },
    as: { type: "string", description: "Name in the configuration" },
    file: { type: "string", description: "Which of the configuration's files; default: the last one" },
    input: {
      type: "array",
      items: { type: "string" },
      alias: "i",
      hint: "key=value",
      description: "What it asks for; key=@file reads a file",
    },
    hold: { type: "boolean", description: "Leave it disabled after its tools were listed" },
    yes: { type: "boolean", alias: "y", description: "Agree to the plan" },
  },
  positional: ["name"],
  required: ["name"],
  async run({ name, version, way, as, file, input = [], hold = false, yes = false }, context) {
    const { terminal, globals, signal } = context;
    await using connection = await context.connect(globals);
    const query = Object.fromEntries(Object.entries({ name, version, way, as, file }).filter(([, value]) => value !== undefined));
    const plan = (await connection.invoke("marketplace.plan", query, { signal })) as z.output<typeof Plan>;
    if (!yes || !globals.quiet) printPlan(plan, terminal.stderr);
    await wantConsent(`Install ${plan.server}?`, yes, context);
    const given = await collectInputs(plan.asks, { typed: input, mayAsk: !yes && terminal.stdin.isTTY }, context);
    using progress = showProgress(terminal.stderr, globals);
    const result = await connection.invoke(
      "marketplace.install",
      { ...query, ...given, hold, consent: plan.consent },
      { signal, onProgress: progress.report },
    );
    progress.clear();
    printResult(result, { operation: "marketplace.install", terminal, json: globals.json, now: context.runtime.clock.now() });
  },
});
