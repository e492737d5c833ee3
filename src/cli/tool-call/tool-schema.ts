import { HubError } from "#hub/kernel/errors.ts";
import { kebab } from "../flags.ts";
import { itemSchema, kindOf, resolveSchema, type JsonSchema } from "../json-schema.ts";
import { isRecord } from "../output/json.ts";
import { nearest } from "../suggest.ts";
import { formatPath, parsePath, type Step } from "./argument-path.ts";

const deepestUnion = 8;

/** The keys a schema names, those of its unions and intersections included. */
export function propertiesOf(schema: JsonSchema, root: JsonSchema, depth = 0): Readonly<Record<string, JsonSchema>> {
  const resolved = resolveSchema(schema, root);
  const branches = depth < deepestUnion ? [...(resolved.allOf ?? []), ...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])] : [];
  return Object.assign({}, ...branches.map((branch) => propertiesOf(branch, root, depth + 1)), resolved.properties) as Record<
    string,
    JsonSchema
  >;
}

/** Keys that must be there, those of intersections included. */
export function requiredOf(schema: JsonSchema, root: JsonSchema, depth = 0): readonly string[] {
  const resolved = resolveSchema(schema, root);
  const parts = depth < deepestUnion ? (resolved.allOf ?? []) : [];
  return [...new Set([...(resolved.required ?? []), ...parts.flatMap((part) => requiredOf(part, root, depth + 1))])];
}

export interface Place {
  readonly steps: readonly Step[];
  readonly schema: JsonSchema;
}

/** Where a typed name points to: a property by exact or kebab name, or a path into one. Unknown names are an error. */
export function placeOf(name: string, root: JsonSchema): Place {
  const properties = propertiesOf(root, root);
  const key = Object.hasOwn(properties, name) ? name : Object.keys(properties).find((candidate) => kebab(candidate) === name);
  if (key !== undefined) return { steps: [key], schema: properties[key]! };
  const steps = parsePath(name);
  if (!steps)
    throw new HubError("VALIDATION", `${JSON.stringify(name)} is no name of an argument`, {
      hint: "Write key, key.inner, list[] or list[0].inner",
    });
  return {
    steps,
    schema: steps.reduce<JsonSchema>((schema, step, depth) => below(schema, step, { root, steps: steps.slice(0, depth + 1) }), root),
  };
}

interface Descent {
  readonly root: JsonSchema;
  /** The path with the present step at its end. */
  readonly steps: readonly Step[];
}

function below(schema: JsonSchema, step: Step, { root, steps }: Descent): JsonSchema {
  const resolved = resolveSchema(schema, root);
  if (typeof step !== "string") return itemOf(resolved, formatPath(steps.slice(0, -1)));
  const properties = propertiesOf(resolved, root);
  if (Object.hasOwn(properties, step)) return properties[step]!;
  const more = resolved.additionalProperties ?? (Object.keys(properties).length === 0 && steps.length > 1 && isOpen(resolved));
  if (more === false) throw unknownKey(formatPath(steps), Object.keys(properties));
  return more === true ? {} : more;
}

/** Says nothing about its inside: any key may be there. */
const isOpen = (schema: JsonSchema) => kindOf(schema) === "any" || kindOf(schema) === "object";

function itemOf(list: JsonSchema, name: string): JsonSchema {
  const kind = kindOf(list);
  if (kind === "array") return itemSchema(list);
  if (kind === "any") return {};
  throw new HubError("VALIDATION", `${name} is no list but ${kind}`);
}

function unknownKey(name: string, known: readonly string[]): HubError {
  const meant = nearest(name.split(".").at(-1)!, known);
  const all = known.length > 0 ? `It takes ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}` : "It takes no arguments";
  return new HubError("VALIDATION", `The tool has no argument ${name}`, {
    hint: meant === undefined ? all : `Did you mean ${meant}? ${all}`,
  });
}

export interface MissingKey {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** Required keys that have no value, in the objects given as well. */
export function missingKeys(args: Readonly<Record<string, unknown>>, root: JsonSchema): readonly MissingKey[] {
  return missingIn(args, root, { root, steps: [] });
}

function missingIn(value: unknown, schema: JsonSchema, { root, steps }: Descent): readonly MissingKey[] {
  if (!isRecord(value) || steps.length > deepestUnion) return [];
  const properties = propertiesOf(schema, root);
  const here = requiredOf(schema, root)
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => ({ name: formatPath([...steps, key]), schema: properties[key] ?? {} }));
  const inner = Object.entries(value).flatMap(([key, item]) =>
    Object.hasOwn(properties, key) ? missingIn(item, properties[key]!, { root, steps: [...steps, key] }) : [],
  );
  return [...here, ...inner];
}
