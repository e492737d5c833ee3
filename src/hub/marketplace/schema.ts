import { z } from "zod";
import { Listing } from "./listing.ts";

export const Name = z
  .string()
  .min(1)
  .max(300)
  .describe("Name in the registry, of its package, or the last part of its name where that is clear");
export const ServerKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be letters, digits, _ . and -, and begin with a letter or digit")
  .describe("Name in the configuration");
const Values = z.record(z.string().max(128), z.union([z.string().max(65_536), z.array(z.string().max(65_536)).max(100)]));

/** What a plan is made of, and an installation as well. */
export const planInput = {
  name: Name,
  version: z
    .string()
    .max(255)
    .optional()
    .describe("Version of the entry, or of its package where the list names none; default: the newest"),
  way: z.string().max(64).optional().describe("npm, pypi, oci, mcpb or remote; default: the first that this machine can do"),
  as: ServerKey.optional().describe("Name in the configuration; default: the last part of its name"),
  file: z.string().optional().describe("Which of the configuration's files; default: the last one"),
};

export const givenInput = {
  inputs: Values.default({}).describe("What the plan asks for, by key; a list where a key may be repeated"),
  secrets: Values.default({}).describe("The secret ones of them; they are sealed, and are in no log"),
};

export const AskSchema = z.object({
  key: z.string(),
  description: z.string().optional(),
  required: z.boolean(),
  secret: z.boolean().describe("Give it among the secrets"),
  kind: z.enum(["string", "number", "boolean", "filepath"]),
  default: z.string().optional(),
  choices: z.array(z.string()).optional(),
  placeholder: z.string().optional(),
  repeated: z.boolean(),
});

export const Permissions = z.object({
  argv: z.array(z.string()).optional().describe("Program and arguments, run without a shell; {key} stands for what is asked for"),
  url: z.string().optional(),
  env: z.array(z.string()).describe("Names of the variables it gets"),
  headers: z.array(z.string()),
  origins: z.array(z.string()).describe("Where it is downloaded from and, for a remote one, where calls go"),
  unrestricted: z
    .boolean()
    .describe("It runs on this machine and may reach any address; outside a container, every file of this user as well"),
});
export type Permissions = z.infer<typeof Permissions>;

export const PackageInfo = z.object({
  type: z.string(),
  identifier: z.string(),
  version: z.string(),
  integrity: z.string().optional().describe("Hash in the words of its registry; a digest for an image"),
});

export const Plan = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  publisher: z.string(),
  source: z.string(),
  repository: z.string().optional(),
  version: z.string(),
  server: z.string().describe("Name in the configuration"),
  file: z.string().describe("The file that is changed"),
  way: z.string(),
  ways: z.array(z.object({ way: z.string(), problem: z.string().optional() })),
  package: PackageInfo.optional(),
  permissions: Permissions,
  asks: z.array(AskSchema),
  warnings: z.array(z.string()),
  consent: z.string().describe("Give it back to install exactly this"),
});
export type Plan = z.infer<typeof Plan>;

export const ToolInfo = z.object({ name: z.string(), description: z.string().optional() });

export const Installed = z.object({
  server: z.string(),
  name: z.string(),
  title: z.string(),
  version: z.string(),
  way: z.string(),
  package: PackageInfo.optional(),
  state: z.enum(["written", "enabled", "quarantined"]),
  status: Listing.shape.status.describe("What the registry says of this version"),
  statusMessage: z.string().optional(),
  update: z.string().optional().describe("A newer version the lists know"),
  file: z.string(),
  tools: z.int(),
  installedAt: z.int(),
  updatedAt: z.int(),
});

export const InstallResult = z.object({
  server: z.string(),
  name: z.string(),
  version: z.string(),
  package: PackageInfo.optional(),
  state: z.enum(["enabled", "quarantined"]),
  tools: z.array(ToolInfo),
  file: z.string(),
  backup: z.string().optional().describe("The file as it was"),
});

const names = z.array(z.string());
export const UpdateDiff = z.object({
  version: z.object({ from: z.string(), to: z.string() }),
  integrity: z.object({ from: z.string().optional(), to: z.string().optional() }),
  argv: z.object({ from: names, to: names }).optional().describe("Only when it changes"),
  env: z.object({ added: names, removed: names }),
  origins: z.object({ added: names, removed: names }),
  tools: z.object({ added: names, removed: names, changed: names }).optional().describe("Known once the new version has run"),
  warnings: names,
});
export type UpdateDiff = z.infer<typeof UpdateDiff>;
