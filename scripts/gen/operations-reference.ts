import { z } from "zod";
import { describeType, type JsonSchema } from "#cli/json-schema.ts";
import { walk, type AnyOperation, type NamedOperation } from "#hub/kernel/operation.ts";
import { operations } from "#hub/operations.ts";
import { code, page, table, type Generator } from "./generated.ts";

/** `docs/reference/operations.md`: every operation with its doors, its scope and its input. */
export const operationsReference: Generator = () => {
  const about =
    "What a user can ask of the hub. Each operation is a REST route below `/api/v2`, a `hubctl` command, an action of the terminal " +
    "interface and an admin tool; all of them check the same scope and take the same input.";
  const all = [...walk(operations)];
  const rows = all.map(({ name, operation }) => [
    `[${code(name)}](#${name.replace(".", "").toLowerCase()})`,
    code(operation.scope),
    operation.audit,
    operation.summary,
  ]);
  const overview = table(["operation", "scope", "audit", "what it does"], rows);
  return [{ path: "docs/reference/operations.md", text: page("Operations", about, overview, ...all.map(section)) }];
};

function section({ name, operation }: NamedOperation): string {
  const [method, path] = operation.http.split(" ");
  const doors = `${code(`${method} /api/v2${path}`)} · scope ${code(operation.scope)} · audit ${operation.audit}${hints(operation)}`;
  return [`## ${name}`, `${operation.summary}.${operation.description ? ` ${operation.description}` : ""}`, doors, inputTable(operation)]
    .filter(Boolean)
    .join("\n\n");
}

function hints({ annotations = {} }: AnyOperation): string {
  const words = { readOnlyHint: "changes nothing", destructiveHint: "destroys", idempotentHint: "again is the same" } as const;
  const said = Object.entries(words).filter(([key]) => annotations[key as keyof typeof words]);
  return said.map(([, word]) => ` · ${word}`).join("");
}

function inputTable({ input, positional = [] }: AnyOperation): string {
  const schema = z.toJSONSchema(input, { io: "input" }) as JsonSchema;
  const rows = Object.entries(schema.properties ?? {}).map(([key, field]) => [
    code(key),
    code(describeType(field, schema)),
    schema.required?.includes(key) ? "required" : field.default === undefined ? "" : `default ${code(JSON.stringify(field.default))}`,
    positional.includes(key) ? "yes" : "",
    field.description ?? "",
  ]);
  return rows.length > 0 ? table(["input", "type", "", "without flag", "what it is"], rows) : "Takes no input.";
}
