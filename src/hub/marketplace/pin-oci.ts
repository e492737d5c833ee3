import { hostile } from "./template.ts";
import type { Pinned } from "./pinned.ts";
import type { Tools } from "./run-tool.ts";

/** `host/path:tag@digest`; nothing that an engine could take for a flag. */
const image =
  /^(?<name>(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>sha256:[a-f0-9]{64}))?$/;

export interface PinnedImage extends Pinned {
  /** What the engine is told to run. */
  readonly reference: string;
}

/** A tag can be moved to another image, so the engine is asked for the digest behind it. */
export async function pinOci(
  tools: Tools,
  engine: string,
  item: { readonly identifier: string; readonly version?: string },
): Promise<PinnedImage> {
  const { name, tag, digest } = readImage(item);
  const found = { version: tag, download: `https://${hostOf(name)}` };
  if (digest !== undefined) return { ...found, reference: `${name}@${digest}`, integrity: digest, warnings: [] };
  const tagged = `${name}:${tag}`;
  const asked = await tools.run(inspect(engine, tagged));
  const resolved = asked.code === 0 ? /sha256:[a-f0-9]{64}/.exec(asked.stdout)?.[0] : undefined;
  if (resolved !== undefined) return { ...found, reference: `${name}@${resolved}`, integrity: resolved, warnings: [] };
  const warnings = [`${tagged} could not be pinned: its tag may be moved to another image at any time`];
  return { ...found, reference: tagged, warnings };
}

function readImage({ identifier, version }: { readonly identifier: string; readonly version?: string }) {
  const { name, tag = version ?? "latest", digest } = image.exec(identifier)?.groups ?? {};
  if (name === undefined || !/^[\w][\w.-]{0,127}$/.test(tag)) throw hostile(`${identifier.slice(0, 60)} is no name of an image`);
  return { name, tag, digest };
}

/** A first part without a dot or a port is a name at Docker Hub. */
function hostOf(name: string): string {
  const [first, ...rest] = name.split("/");
  return rest.length > 0 && /[.:]/.test(first!) ? first! : "docker.io";
}

const inspect = (engine: string, tagged: string) =>
  engine === "docker"
    ? ["docker", "buildx", "imagetools", "inspect", tagged, "--format", "{{.Manifest.Digest}}"]
    : ["podman", "image", "inspect", tagged, "--format", "{{.Digest}}"];
