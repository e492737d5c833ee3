import { userInfo } from "node:os";
import { join } from "node:path";
import type { Config } from "#hub/config/layers.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import { occupant } from "../connect.ts";
import { findings, type Examined, type Finding } from "./finding.ts";

const directory = findings("directory");
const socket = findings("socket");
const port = findings("port");

/** Secrets and sockets lie in these, so nobody else may look into them. */
export async function checkDirectories({ runtime, disk }: Examined): Promise<readonly Finding[]> {
  const { uid } = userInfo();
  const paths = new Set(Object.values(pathsOf(runtime)) as string[]);
  const looked = await Promise.all([...paths].map(async (path) => ({ path, found: await disk.look(path) })));
  return looked.map(({ path, found }) => {
    if (!found) return directory.pass(`${path} is made when it is needed`);
    if (found.kind !== "directory" && found.kind !== "link")
      return directory.fail(`${path} is a ${found.kind}`, `Move it away: mv ${path} ${path}.old`);
    if (uid >= 0 && found.uid !== uid)
      return directory.fail(`${path} belongs to another user (${found.uid})`, `Give it back: sudo chown -R ${uid} ${path}`);
    if (found.kind === "directory" && (found.mode & 0o077) !== 0)
      return directory.warn(`${path} is open to other users (${found.mode.toString(8)})`, `Close it: chmod 700 ${path}`);
    return directory.pass(`${path} is private`);
  });
}

/** Sockets of hubs that run, and those that dead ones left behind. */
export async function checkSockets({ runtime }: Examined): Promise<readonly Finding[]> {
  const { runtime: home } = pathsOf(runtime);
  const names = (await runtime.files.list(home)).filter((name) => name.endsWith(".sock")).toSorted();
  if (names.length === 0) return [socket.pass("No hub of this user is running")];
  return Promise.all(
    names.map(async (name) => {
      const path = join(home, name);
      const who = await occupant({ unix: path }, runtime);
      if (who.is === "hub") return socket.pass(`${path}: ${who.name}`);
      if (who.is === "nobody") return socket.warn(`${path} was left behind by a hub that died`, `Nothing needs it: rm ${path}`);
      return socket.warn(`${path} answers, but not as a hub`, "Wait if a hub is just starting; else stop the program behind it");
    }),
  );
}

export async function checkPort({ runtime }: Examined, config: Pick<Config, "hub"> | undefined): Promise<readonly Finding[]> {
  const { host = "127.0.0.1", port: number = 37_373 } = config?.hub ?? {};
  if (number === 0) return [port.pass("The system chooses a free one")];
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const who = await occupant({ base: `http://${reachable}:${number}` }, runtime);
  if (who.is === "nobody") return [port.pass(`${number} is free`)];
  if (who.is === "hub") return [port.pass(`${number}: ${who.name}`)];
  return [
    port.fail(
      `${number} on ${host} is held by another program`,
      "Stop it, or set hub.port in the configuration, or run `hubctl serve --port 0`",
    ),
  ];
}
