import type { Package, Remote, ServerJson } from "./server-json.ts";
import type { Tools } from "./run-tool.ts";

/** One way to have a server. */
export interface Way {
  /** What a person picks it by. */
  readonly id: string;
  readonly kind: "npm" | "pypi" | "oci" | "mcpb" | "remote" | "other";
  readonly package?: Package;
  readonly remote?: Remote;
  /** The program that runs it. */
  readonly runner?: string;
  /** Why it cannot be used on this machine. */
  readonly problem?: string;
}

/** Runners of each kind, the one that is asked for first in front. */
const runners = { npm: ["npx"], pypi: ["uvx"], oci: ["docker", "podman"] } as const;
const missing: Record<keyof typeof runners, string> = {
  npm: "this machine has no npx; install Node.js",
  pypi: "this machine has no uvx; install uv",
  oci: "this machine has no container engine; install Docker or Podman",
};

/** All ways a server offers, in its publisher's order, packages before remotes. */
export async function waysOf(server: ServerJson, tools: Tools): Promise<Way[]> {
  const found: Omit<Way, "id">[] = [];
  for (const item of server.packages ?? []) found.push(await packageWay(item, tools));
  for (const remote of server.remotes ?? [])
    found.push({ kind: "remote", remote, ...(isKnown(remote) ? {} : { problem: `hubctl knows no transport ${remote.type}` }) });
  const counts = new Map<string, number>();
  return found.map((way) => {
    const name = way.kind === "other" ? (way.package?.registryType ?? "other") : way.kind;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { ...way, id: count === 1 ? name : `${name}-${count}` };
  });
}

const isKnown = ({ type }: Remote) => type === "streamable-http" || type === "sse" || type === "http";

async function packageWay(item: Package, tools: Tools): Promise<Omit<Way, "id">> {
  const kind = kindOf(item.registryType);
  const transport = item.transport?.type ?? "stdio";
  if (kind === "other") return { kind, package: item, problem: `hubctl installs no ${item.registryType} packages` };
  if (transport !== "stdio")
    return { kind, package: item, problem: "it starts a web server of its own; start it yourself and add its address" };
  if (kind === "mcpb")
    return { kind, package: item, ...(item.fileSha256 === undefined && { problem: "its publisher gives no SHA-256 for the bundle" }) };
  const runner = runners[kind].find((command) => tools.has(command));
  if (runner === undefined) return { kind, package: item, problem: missing[kind] };
  if (kind === "oci") {
    const { code } = await tools.run([runner, "version"]).catch(() => ({ code: -1 }));
    if (code !== 0) return { kind, package: item, runner, problem: `${runner} is installed, but its engine does not answer; start it` };
  }
  return { kind, package: item, runner };
}

const kindOf = (type: string): Exclude<Way["kind"], "remote"> =>
  type === "npm" || type === "pypi" || type === "oci" || type === "mcpb" ? type : "other";
