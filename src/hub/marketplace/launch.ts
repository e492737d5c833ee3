import type { Answer } from "./inputs.ts";
import type { ArgumentTemplate, Template } from "./template.ts";

/** How a server is started or reached, with holes for what a person gives. */
export type Launch = LocalLaunch | RemoteLaunch;

export interface LocalLaunch {
  readonly kind: "local";
  /** Ours: the runner and the pinned package. */
  readonly command: readonly string[];
  readonly args: readonly ArgumentTemplate[];
  /** Arguments of the runner, between its own and the package. */
  readonly runnerArgs: readonly ArgumentTemplate[];
  /** The package, and whatever of ours stands behind the runner's arguments. */
  readonly target: readonly string[];
  readonly env: Readonly<Record<string, Template>>;
  /** Variables of the hub that the runner needs to find packages the way the user's own does. */
  readonly inherit: readonly string[];
}

export interface RemoteLaunch {
  readonly kind: "remote";
  readonly url: Template;
  readonly transport: "http" | "sse";
  readonly headers: Readonly<Record<string, Template>>;
}

export type Answers = ReadonlyMap<string, Answer>;

/** The entry of the configuration. */
export function entryOf(launch: Launch, answers: Answers): Record<string, unknown> {
  if (launch.kind === "remote") {
    const headers = filled(launch.headers, answers);
    return { url: fill(launch.url, answers), type: launch.transport, ...(Object.keys(headers).length > 0 && { headers }) };
  }
  const [command, ...args] = argvOf(launch, answers);
  const env = { ...Object.fromEntries(launch.inherit.map((name) => [name, ""])), ...filled(launch.env, answers) };
  return { command, args, ...(Object.keys(env).length > 0 && { env }) };
}

/** Program and arguments, with placeholders for what is sealed. */
export const argvOf = ({ command, runnerArgs, target, args }: LocalLaunch, answers: Answers): string[] => [
  ...command,
  ...runnerArgs.flatMap((argument) => argumentsOf(argument, answers)),
  ...target,
  ...args.flatMap((argument) => argumentsOf(argument, answers)),
];

/** The same before anything was given: `{key}` stands for what is asked for. */
export const argvTemplate = ({ command, runnerArgs, target, args }: LocalLaunch): string[] => {
  const shown = ({ flag, value, repeated }: ArgumentTemplate) => [
    ...(flag === undefined ? [] : [flag]),
    ...(value === undefined ? [] : [`${templateText(value)}${repeated ? "…" : ""}`]),
  ];
  return [...command, ...runnerArgs.flatMap(shown), ...target, ...args.flatMap(shown)];
};

export const templateText = (template: Template): string =>
  template.map((piece) => (typeof piece === "string" ? piece : `{${piece.ask}}`)).join("");

function argumentsOf({ flag, value, repeated }: ArgumentTemplate, answers: Answers): string[] {
  const flags = flag === undefined ? [] : [flag];
  if (value === undefined) return flags;
  const asked = value.flatMap((piece) => (typeof piece === "string" ? [] : [piece.ask]));
  if (asked.some((key) => !answers.has(key))) return [];
  const answer = value.length === 1 && asked.length === 1 ? answers.get(asked[0]!) : undefined;
  if (flag !== undefined && answer && isSwitch(answer)) return answer.values[0] === "true" ? flags : [];
  const times = repeated && answer ? answer.values.length : 1;
  return Array.from({ length: times }, (_, index) => [...flags, fill(value, answers, index)]).flat();
}

/** A switch stands alone or not at all. */
const isSwitch = ({ values, sealed }: Answer) => !sealed && values.length === 1 && (values[0] === "true" || values[0] === "false");

/** What nobody gave is left out; an empty text would mean the hub's own variable. */
function filled(templates: Readonly<Record<string, Template>>, answers: Answers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) => {
      const isGiven = template.every((piece) => typeof piece === "string" || answers.has(piece.ask));
      const text = isGiven ? fill(template, answers) : "";
      return text === "" ? [] : [[name, text]];
    }),
  );
}

const fill = (template: Template, answers: Answers, index = 0): string =>
  template
    .map((piece) => {
      if (typeof piece === "string") return piece;
      const { values, sealed } = answers.get(piece.ask)!;
      return sealed ? secretPlaceholder(piece.ask, index) : (values[index] ?? "");
    })
    .join("");

/** The name in the vault below the server's own. */
export const secretName = (key: string, index: number): string => (index === 0 ? key : `${key}.${index + 1}`);
const secretPlaceholder = (key: string, index: number) => `\${secret:${secretName(key, index)}}`;

/** What goes into the vault, by name. */
export const sealedOf = (answers: Answers): Map<string, string> =>
  new Map(
    [...answers].flatMap(([key, { values, sealed }]) =>
      sealed ? values.map((value, index) => [secretName(key, index), value] as const) : [],
    ),
  );
