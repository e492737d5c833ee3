import { argumentTemplate, hostile, type ArgumentTemplate, type Asks } from "./template.ts";
import type { Argument } from "./server-json.ts";

/**
 * Arguments of the runner itself. A runner can be told to run anything (`npx -c`, `uvx --index-url`, `docker run --privileged -v /:/host`),
 * so only what is known to be harmless, or is checked here, gets through; whatever else a publisher asks for is an error.
 */
export function runtimeArguments(kind: "npm" | "pypi" | "oci", given: readonly Argument[], asks: Asks): ArgumentTemplate[] {
  return kind === "oci" ? engineArguments(given, asks) : runnerArguments(kind, given);
}

/** We say ourselves what is run and that nobody is asked. */
function runnerArguments(kind: string, given: readonly Argument[]): [] {
  for (const { name, value } of given) {
    const word = name ?? value ?? "";
    if (word !== "-y" && word !== "--yes") throw hostile(`the ${kind} runner is given ${word.slice(0, 40)}`);
  }
  return [];
}

const valueFlags = new Set(["-e", "--env", "-v", "--volume", "--mount", "-p", "--publish", "--network", "--user", "-u", "--name"]);

function engineArguments(given: readonly Argument[], asks: Asks): ArgumentTemplate[] {
  return given.flatMap((argument) => {
    const word = argument.name ?? argument.value ?? "";
    if (["run", "-i", "--interactive", "--rm", "-it", "-t"].includes(word)) return [];
    if (argument.type !== "named" || !valueFlags.has(word)) throw hostile(`the container engine is given ${word.slice(0, 40)}`);
    if (word === "--name") return [];
    checkEngineValue(word, argument);
    return [argumentTemplate(argument, asks)];
  });
}

/** The host's own network, user or files are no business of a container that a list offered. */
function checkEngineValue(flag: string, { value = "", default: preset = "" }: Argument): void {
  for (const text of [value, preset]) {
    if (flag === "--network" && /^(host|container:)/.test(text)) throw hostile("its container joins the network of this machine");
    if (/^(-v|--volume|--mount)$/.test(flag) && namesHostPath(text))
      throw hostile("its container is given a directory of this machine that its publisher picked");
  }
  if ((flag === "-p" || flag === "--publish") && value !== "" && !value.startsWith("{"))
    throw hostile("its container opens a port of this machine");
}

/** A named volume and a path that the person gives are fine; `/`, `~` and `..` are not. */
function namesHostPath(text: string): boolean {
  const source = /(?:^|,)(?:src|source)=([^,]*)/.exec(text)?.[1] ?? (text.includes("=") ? "" : (text.split(":")[0] ?? ""));
  return /^[/~.\\]|^[A-Za-z]:\\|\.sock/.test(source);
}

/** What the person gives as a bind mount: the same places a publisher may not pick. */
export const isForbiddenMount = (path: string, home: string): boolean =>
  /^\/(proc|sys|dev|etc|root|boot)?\/?$|^\/(proc|sys|dev)\/|docker\.sock$|podman\.sock$/.test(path) ||
  path.replace(/\/+$/, "") === home ||
  path.startsWith(`${home}/.ssh`) ||
  path.startsWith(`${home}/.gnupg`);
