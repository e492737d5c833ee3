import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { hostile } from "./template.ts";
import { plain } from "./listing.ts";
import { originOf, type Pinned } from "./pinned.ts";
import type { Tools } from "./run-tool.ts";

/** A name of the registry, and none of the other things npm takes in its place: URLs, git addresses, paths, flags, aliases. */
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[A-Za-z0-9~][A-Za-z0-9._~-]*$/;
export const exactVersion = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

const View = z.looseObject({
  name: z.string(),
  version: z.string().regex(exactVersion),
  dist: z.looseObject({ integrity: z.string().optional(), tarball: z.string().optional() }),
  deprecated: z.string().optional(),
});

/** Asks npm, with the registry that the user has configured for it, which version that is and what its hash is. */
export async function pinNpm(tools: Tools, identifier: string, version: string | undefined): Promise<Pinned> {
  if (!packageName.test(identifier)) throw hostile(`${identifier.slice(0, 60)} is no name of an npm package`);
  if (version !== undefined && !exactVersion.test(version)) throw hostile(`${version.slice(0, 40)} is no exact version`);
  const { stdout } = await tools.run([
    "npm",
    "view",
    `${identifier}@${version ?? "latest"}`,
    "name",
    "version",
    "dist",
    "deprecated",
    "--json",
  ]);
  const answer = parse(stdout);
  const view = View.safeParse(Array.isArray(answer) ? answer.at(-1) : answer);
  if (!view.success) throw notThere(answer, `${identifier}@${version ?? "latest"}`);
  const { dist, deprecated } = view.data;
  return {
    version: view.data.version,
    integrity: dist.integrity,
    download: originOf(dist.tarball),
    warnings: [
      ...(dist.integrity === undefined ? ["The npm registry gives no hash for this version"] : []),
      ...(deprecated ? [`Its publisher says: ${plain(deprecated).slice(0, 300)}`] : []),
    ],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notThere(answer: unknown, spec: string): HubError {
  const code = (answer as { error?: { code?: unknown } } | undefined)?.error?.code;
  if (code === "E404" || answer === "" || (answer === undefined && code === undefined))
    return new HubError("NOT_FOUND", `The npm registry has no ${spec}`, { hint: `Try it in a terminal: npm view ${spec}` });
  return new HubError("UPSTREAM_UNAVAILABLE", `npm could not look up ${spec}${typeof code === "string" ? ` (${code})` : ""}`, {
    hint: `Try it in a terminal: npm view ${spec}`,
  });
}
