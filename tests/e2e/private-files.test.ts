import { expect, setDefaultTimeout, test } from "bun:test";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { stdioServer } from "../support/stdio-server.ts";
import { Stranger } from "./stranger.ts";

setDefaultTimeout(60_000);

/** Mode and path of everything below a directory; the modes of links mean nothing. */
async function modes(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true });
  const all = await Promise.all(names.map(async (name) => ({ name, found: await lstat(join(directory, name)) })));
  return all.filter(({ found }) => !found.isSymbolicLink()).map(({ name, found }) => `${(found.mode & 0o777).toString(8)} ${name}`);
}

test("what hubctl makes is for its user alone, whatever the umask", async () => {
  await using stranger = await Stranger.arrive();
  const config = await stranger.write("servers.json", { mcpServers: { echo: stdioServer("echo") } });
  const openly = (argv: string) => ["sh", "-c", `umask 000; exec hubctl ${argv}`];
  expect(await stranger.run(openly(`call --config ${config} echo.echo text=hi`))).toMatchObject({ code: 0 });
  const hub = stranger.start(openly(`serve --port 0 --config ${config}`));
  await stranger.ready(hub);
  expect(await stranger.run(openly("call echo.echo text=hi"))).toMatchObject({ code: 0 });

  const made = await modes(join(stranger.home));
  const own = made.filter((entry) => / \.(local|cache|config)(\/|$)/.test(entry));
  expect(own.filter((entry) => !/^(700|600) /.test(entry))).toEqual([]);
  for (const name of [/hub\.db$/, /hub\.db-wal$/, /\.sock$/, /\.log$/, /names\.json$/])
    expect(own.filter((entry) => name.test(entry))).not.toEqual([]);
  expect(await readdir(stranger.directory)).toEqual(["servers.json"]);
});
