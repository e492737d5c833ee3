import { z } from "zod";
import { walk, type NamedOperation } from "#hub/kernel/operation.ts";
import { operations } from "#hub/operations.ts";
import type { Generator } from "./generated.ts";

/** `src/hub/operations.gen.json`: what a surface needs to know of an operation without evaluating the hub. One line each. */
export const operationManifest: Generator = () => {
  const lines = [...walk(operations)].map((named) => JSON.stringify(entryOf(named)));
  return [{ path: "src/hub/operations.gen.json", text: `[\n${lines.join(",\n")}\n]\n` }];
};

function entryOf({ name, area, verb, operation }: NamedOperation) {
  const [method, path] = operation.http.split(" ");
  const { summary, description, scope, audit, positional, annotations } = operation;
  const { $schema: _, ...input } = z.toJSONSchema(operation.input, { io: "input" });
  return { name, area, verb, summary, description, http: { method, path }, scope, audit, positional, annotations, input };
}
