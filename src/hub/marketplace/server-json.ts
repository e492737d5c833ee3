import { z } from "zod";

/** Publishers write numbers and booleans where the format asks for text. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(z.string().max(16_384));

const inputFields = {
  description: text.optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.string().optional(),
  /** Given: nobody is asked, but for the variables in it. */
  value: text.optional(),
  default: text.optional(),
  placeholder: text.optional(),
  choices: z.array(text).max(200).nullish(),
};
const Variable = z.looseObject(inputFields);
export type Variable = z.infer<typeof Variable>;

const variables = z.record(z.string().max(256), Variable).optional();
const Input = z.looseObject({ ...inputFields, variables });
export type Input = z.infer<typeof Input>;

const Argument = Input.extend({
  type: z.enum(["named", "positional"]),
  name: z.string().max(256).optional(),
  valueHint: z.string().max(256).optional(),
  isRepeated: z.boolean().optional(),
});
export type Argument = z.infer<typeof Argument>;

const KeyValue = Input.extend({ name: z.string().min(1).max(256) });
export type KeyValue = z.infer<typeof KeyValue>;

const Package = z.looseObject({
  registryType: z.string().max(32),
  identifier: z.string().min(1).max(2_048),
  version: z.string().max(255).optional(),
  fileSha256: z
    .string()
    .regex(/^[a-f0-9]{64}$/)
    .optional(),
  runtimeArguments: z.array(Argument).max(100).nullish(),
  packageArguments: z.array(Argument).max(100).nullish(),
  environmentVariables: z.array(KeyValue).max(200).nullish(),
  transport: z.looseObject({ type: z.string().max(32), url: z.string().max(2_048).optional() }).optional(),
});
export type Package = z.infer<typeof Package>;

const Remote = z.looseObject({
  type: z.string().max(32),
  url: z.string().min(1).max(2_048),
  headers: z.array(KeyValue).max(100).nullish(),
  variables,
});
export type Remote = z.infer<typeof Remote>;

/** `server.json`, as much of it as an installation needs: https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json */
export const ServerJson = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9.-]+\/[A-Za-z0-9._-]+$/),
  title: z.string().max(1_000).optional(),
  description: z.string().max(4_000).default(""),
  version: z.string().min(1).max(255),
  repository: z.looseObject({ url: z.string().optional(), source: z.string().optional(), id: z.string().optional() }).optional(),
  websiteUrl: z.string().max(2_048).optional(),
  packages: z.array(Package).max(50).nullish(),
  remotes: z.array(Remote).max(50).nullish(),
});
export type ServerJson = z.infer<typeof ServerJson>;

/** What every list of servers needs of an entry, whatever else is wrong with it. */
const Listed = z.looseObject({
  name: ServerJson.shape.name,
  title: ServerJson.shape.title,
  description: ServerJson.shape.description,
  version: ServerJson.shape.version,
});

export const officialKey = "io.modelcontextprotocol.registry/official";
export const listingKey = "dev.hubctl/listing";

export const statuses = ["active", "deprecated", "deleted"] as const;

/** One item of `GET /v0.1/servers`. */
export const RegistryEntry = z.looseObject({
  server: Listed,
  _meta: z
    .looseObject({
      [officialKey]: z
        .looseObject({
          status: z.enum(statuses).default("active"),
          statusMessage: z.string().max(2_000).optional(),
          publishedAt: z.string().optional(),
          updatedAt: z.string().optional(),
          isLatest: z.boolean().optional(),
        })
        .optional(),
      [listingKey]: z
        .looseObject({
          source: z.string(),
          author: z.string().optional(),
          license: z.string().optional(),
          category: z.string().optional(),
          tags: z.array(z.string()).optional(),
          tools: z.array(z.object({ name: z.string(), description: z.string().optional() })).optional(),
          examples: z.array(z.string()).optional(),
          updatedAt: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
});
export type RegistryEntry = z.infer<typeof RegistryEntry>;
