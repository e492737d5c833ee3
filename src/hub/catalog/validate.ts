import { AjvJsonSchemaValidator } from "@modelcontextprotocol/server/validators/ajv";
import { HubError } from "../kernel/errors.ts";

type Check = (value: unknown) => string | undefined;

let ajv: AjvJsonSchemaValidator | undefined;
const compiled = new WeakMap<object, Check>();

/** A schema that cannot be compiled checks nothing: its server will judge the arguments itself. */
function compile(schema: object): Check {
  try {
    ajv ??= new AjvJsonSchemaValidator();
    const validate = ajv.getValidator(schema);
    return (value) => {
      const outcome = validate(value);
      return outcome.valid ? undefined : outcome.errorMessage;
    };
  } catch {
    return () => undefined;
  }
}

/** Checks arguments against a tool's input schema, compiled once per definition. Throws VALIDATION. */
export function validateArguments(tool: string, schema: object, value: unknown): void {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = compile(schema)));
  const problem = check(value);
  if (problem !== undefined)
    throw new HubError("VALIDATION", `The arguments do not fit ${tool}: ${problem.replace(/^data/, "arguments")}`, {
      hint: `See the schema with \`hubctl tools show ${tool}\``,
    });
}
