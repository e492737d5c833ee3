import operations from "#hub/operations.gen.json";
import type { JsonSchema } from "./json-schema.ts";

/** An operation as generated from its declaration: what a surface needs without evaluating the hub. */
export interface OperationEntry {
  readonly name: string;
  readonly area: string;
  readonly verb: string;
  readonly summary: string;
  readonly description?: string;
  readonly http: { readonly method: string; readonly path: string };
  readonly scope: string;
  readonly audit: string;
  readonly positional?: readonly string[];
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean; readonly idempotentHint?: boolean };
  readonly input: JsonSchema;
}

/** TypeScript gives each entry of the JSON a type of its own; here they are all of one. */
const entries: readonly unknown[] = operations;
export const operationManifest = entries as readonly OperationEntry[];
