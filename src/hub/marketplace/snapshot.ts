import { HubError } from "../kernel/errors.ts";
import snapshotFile from "../../../registry-cache/snapshot.json.zst" with { type: "file" };
import type { RegistryEntry } from "./server-json.ts";

/** Reads the bundled lists; 4 MB of JSON, so nobody does before somebody asks. Built by us, so not checked once more. */
export async function readSnapshot(path: string = snapshotFile): Promise<readonly RegistryEntry[]> {
  try {
    const text = new TextDecoder().decode(await Bun.zstdDecompress(await Bun.file(path).bytes()));
    return (JSON.parse(text) as { servers: RegistryEntry[] }).servers;
  } catch (cause) {
    throw new HubError("INTERNAL", "The bundled list of servers cannot be read", { cause, hint: "Install hubctl again" });
  }
}
