import { HubError } from "#hub/kernel/errors.ts";
import { connectInProcess } from "../connect.ts";
import { findings, type Examined, type Finding } from "./finding.ts";

const store = findings("store");

/** Opens the store as every hub does, its key included, with no configuration and so with no servers. */
export async function checkStore({ runtime }: Examined): Promise<readonly Finding[]> {
  try {
    await using connection = await connectInProcess(runtime, []);
    const status = (await connection.invoke("hub.status", {})) as { readonly store: string };
    return [store.pass(`${status.store} opens`)];
  } catch (cause) {
    const error = HubError.from(cause);
    return [store.fail(error.message, error.hint ?? "Look whether the data directory is writable and the disk has room")];
  }
}
