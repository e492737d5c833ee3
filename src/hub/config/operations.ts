import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import { redact } from "../kernel/redact.ts";
import "./area.ts";
import { ConfigProblem } from "./problem.ts";
import { redactEntry } from "./redact-config.ts";
import { HubSettings, InputDefinition } from "./schema.ts";

const Json = z.record(z.string(), z.unknown());
const names = z.array(z.string());

export const get = defineOperation({
  summary: "Show the configuration in use, without its secrets",
  http: "GET /config",
  scope: "config:read",
  audit: "read",
  annotations: { readOnlyHint: true, idempotentHint: true },
  input: z.object({}),
  output: z.object({
    files: z
      .array(z.object({ path: z.string(), state: z.enum(["read", "missing"]) }))
      .describe("In the order they are laid over one another"),
    hub: HubSettings,
    servers: z.record(z.string(), Json).describe("Entries as declared, placeholders not filled in, each with its configSource"),
    inputs: z.array(InputDefinition),
    other: Json.describe("Top-level keys of other programs"),
    warnings: z.array(ConfigProblem),
    rejected: z.string().optional().describe("Why the files as they are now are not in use"),
  }),
  run(_, { config }) {
    const { files, hub, servers, inputs, other, warnings } = config.current();
    return {
      files: [...files],
      hub,
      servers: Object.fromEntries([...servers].map(([name, server]) => [name, redactEntry(server)])),
      inputs: inputs.map((input) => (input.password && input.default !== undefined ? { ...input, default: "[redacted]" } : input)),
      other: redact(other) as z.output<typeof Json>,
      warnings: [...warnings],
      rejected: config.rejected()?.message,
    };
  },
});

export const reload = defineOperation({
  summary: "Read the configuration files again and apply what changed",
  description: "Servers whose entry did not change are left alone. When a file cannot be used nothing changes.",
  http: "POST /config/reload",
  scope: "config:write",
  audit: "write",
  annotations: { idempotentHint: true },
  input: z.object({}),
  output: z.object({ added: names, removed: names, modified: names, unchanged: names }),
  async run(_, { config }) {
    const { added, removed, modified, unchanged } = await config.reload();
    return { added: [...added], removed: [...removed], modified: [...modified], unchanged: [...unchanged] };
  },
});
