import { delimiter } from "node:path";

/** The PATH of this machine: without the packages of this project, which bring a Node that npm does not get on with. */
export const machinePath = (): string =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => !directory.endsWith("node_modules/.bin"))
    .join(delimiter);
