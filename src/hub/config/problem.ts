import { z } from "zod";
import { HubError } from "../kernel/errors.ts";

/** Something wrong, or odd, at one place of a configuration file. */
export const ConfigProblem = z.object({
  file: z.string().describe("Path as it was given"),
  line: z.int().describe("From 1"),
  column: z.int().describe("From 1"),
  key: z.string().describe("Where in the configuration, such as `mcpServers.github.args`; empty for the whole file"),
  message: z.string(),
});
export type ConfigProblem = Readonly<z.infer<typeof ConfigProblem>>;

/** One line per problem, in the form that editors and terminals turn into links. */
export const describeProblem = ({ file, line, column, key, message }: ConfigProblem): string =>
  `${file}:${line}:${column} ${key === "" ? "" : `${key}: `}${message}`;

/** The error of a configuration that cannot be used, with everything that is wrong in all of its files. */
export function configError(problems: readonly ConfigProblem[]): HubError {
  return new HubError("VALIDATION", problems.map(describeProblem).join("\n"), {
    hint: "Mend the configuration; a running hub goes on with the one it has",
    details: { issues: problems },
  });
}

/** The problems of an error that `configError` made; none of any other. */
export function problemsOf(error: HubError): readonly ConfigProblem[] {
  const issues = z.array(ConfigProblem).safeParse(error.details?.["issues"]);
  return issues.success ? issues.data : [];
}

/** The words of a schema issue. Values are never quoted, for any of them may be a secret. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be ${noun(issue.expected)}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "invalid_key":
      return "needs a name";
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

function noun(expected: string): string {
  if (expected === "record") return "an object";
  if (expected === "int") return "a whole number";
  return /^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
