import { HubError } from "#hub/kernel/errors.ts";
import { columns, exampleLines, flagName } from "../help.ts";
import type { JsonSchema } from "../json-schema.ts";
import { describeType } from "../json-schema.ts";
import { cleanLine, cleanText } from "../output/sanitize.ts";
import { styles } from "../output/style.ts";
import type { Output } from "../terminal.ts";
import { commandLine, exampleArguments } from "./command-line.ts";
import { propertiesOf, requiredOf, type MissingKey } from "./tool-schema.ts";

/** What `tools.show` answers. */
export interface ToolDetail {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: JsonSchema;
}

/** `hubctl call slack.messages.post --help`. */
export function toolHelp({ id, description = "", inputSchema }: ToolDetail, { colour }: Pick<Output, "colour">): string {
  const { bold } = styles(colour);
  const required = new Set(requiredOf(inputSchema, inputSchema));
  const rows = Object.entries(propertiesOf(inputSchema, inputSchema)).map(([key, schema]) => {
    const text = cleanLine(schema.description ?? "");
    return [
      cleanLine(flagName(key, schema, inputSchema)).replace(/^ +/, ""),
      required.has(key) ? `${text} (required)`.trimStart() : text,
    ] as const;
  });
  return [
    ...(description === "" ? [] : [cleanText(description), ""]),
    bold("Example"),
    ...exampleLines([{ line: exampleLine(id, inputSchema), means: "" }], colour),
    "",
    ...(rows.length > 0 ? [bold("Arguments"), ...columns(rows)] : ["It takes no arguments"]),
    "",
  ].join("\n");
}

/** The shortest command line that the schema accepts. */
export const exampleLine = (tool: string, schema: JsonSchema): string => cleanLine(commandLine(tool, exampleArguments(schema), schema));

/** One line for each missing key, then a line that would work. */
export function missingError(tool: string, missing: readonly MissingKey[], schema: JsonSchema): HubError {
  const rows = missing.map(
    (key) => [`${cleanLine(key.name)} <${cleanLine(describeType(key.schema, schema))}>`, cleanLine(key.schema.description ?? "")] as const,
  );
  return new HubError(
    "VALIDATION",
    [`${tool} needs ${missing.length === 1 ? "one more argument" : `${missing.length} more arguments`}:`, ...columns(rows)].join("\n"),
    {
      hint: `For example: ${exampleLine(tool, schema)}`,
      details: { missing: missing.map(({ name }) => name) },
    },
  );
}
