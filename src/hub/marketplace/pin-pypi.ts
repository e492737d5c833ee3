import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { hostile } from "./template.ts";
import { originOf, type Pinned } from "./pinned.ts";

const packageName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** PEP 440, without ranges. */
const exactVersion = /^\d+(?:\.\d+)*(?:(?:a|b|rc|\.post|\.dev)\d+)*(?:\+[0-9A-Za-z.]+)?$/;

const Index = z.looseObject({
  versions: z.array(z.string()).optional(),
  files: z.array(
    z.looseObject({ filename: z.string(), url: z.string(), hashes: z.record(z.string(), z.string()), yanked: z.unknown().optional() }),
  ),
});

export interface PypiDeps {
  readonly fetch: (url: string, init: { readonly headers: Record<string, string> }) => Promise<Response>;
  /** The index that the user has configured for uv or pip. */
  readonly index: string | undefined;
}

/** What uv uses where nothing is configured. */
const defaultIndex = "https://pypi.org/simple";

/** Reads the package's page of the index in its JSON form (PEP 691, PEP 700). */
export async function pinPypi(deps: PypiDeps, identifier: string, version: string | undefined): Promise<Pinned> {
  if (!packageName.test(identifier)) throw hostile(`${identifier.slice(0, 60)} is no name of a Python package`);
  if (version !== undefined && !exactVersion.test(version)) throw hostile(`${version.slice(0, 40)} is no exact version`);
  const name = identifier.toLowerCase().replace(/[-_.]+/g, "-");
  const { files, versions = [] } = await readIndex(deps, name, identifier);
  const chosen = version ?? newest(versions);
  const found = files.filter(({ yanked, filename }) => !yanked && isOf(filename, name, chosen));
  const best = found.find(({ filename }) => filename.endsWith("-none-any.whl")) ?? found[0];
  if (chosen === undefined || !best) throw notThere(identifier, version);
  const sha256 = best.hashes["sha256"];
  return {
    version: chosen,
    download: originOf(best.url),
    ...(sha256 === undefined
      ? { warnings: ["The Python index gives no hash for this version"] }
      : { integrity: `sha256-${Buffer.from(sha256, "hex").toString("base64")}`, warnings: [] }),
  };
}

async function readIndex({ index = defaultIndex, ...gate }: PypiDeps, name: string, identifier: string): Promise<z.infer<typeof Index>> {
  const response = await gate.fetch(`${index.replace(/\/+$/, "")}/${name}/`, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  if (response.ok) {
    const page = Index.safeParse(await response.json().catch(() => undefined));
    if (page.success) return page.data;
  } else await response.body?.cancel();
  if (response.status === 404) throw notThere(identifier, undefined);
  throw new HubError("UPSTREAM_UNAVAILABLE", `The Python index gave no list of ${identifier}: it answered ${response.status}`, {
    hint: "Try again later",
  });
}

/** `name-1.2.3-py3-none-any.whl`, `name-1.2.3.tar.gz`; the name is written in many ways. */
function isOf(filename: string, name: string, version: string | undefined): boolean {
  const [, written, of] = /^(.+?)-(\d[^-]*?)(?:-.*\.whl|\.tar\.gz|\.zip)$/.exec(filename) ?? [];
  return written !== undefined && written.toLowerCase().replace(/[-_.]+/g, "-") === name && of === version;
}

/** The highest final release. */
const newest = (versions: readonly string[]): string | undefined =>
  versions
    .filter((version) => /^\d+(\.\d+)*$/.test(version))
    .toSorted((a, b) => compare(a, b))
    .at(-1);

function compare(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const notThere = (identifier: string, version: string | undefined) =>
  new HubError("NOT_FOUND", `The Python index has no ${identifier}${version === undefined ? "" : ` ${version}`}`, {
    hint: "Look at another version",
  });
