import { expect, setDefaultTimeout, test } from "bun:test";
import { stdioServer } from "../support/stdio-server.ts";
import { Stranger } from "./stranger.ts";

setDefaultTimeout(60_000);

const count = (n: number) => Array.from({ length: n }, (_, index) => index);

test("hubs and commands that share a store keep one whole chain of what was done", async () => {
  await using stranger = await Stranger.arrive();
  const env = { HUBCTL_STORE: `${stranger.home}/shared.db` };
  const config = await stranger.write("one/servers.json", { mcpServers: { echo: stdioServer("echo") } });
  await stranger.write("two/empty", "");
  const [one, two] = await Promise.all(["one", "two"].map((cwd) => stranger.serve(["--config", config], { cwd, env })));
  await Promise.all([one, two].map((hub) => stranger.serversSettled(hub!)));
  expect(one!.url).not.toBe(two!.url);
  expect(one!.socket).not.toBe(two!.socket);

  const say = (text: string, argv: readonly string[], cwd: string) =>
    stranger.hubctl(["call", ...argv, "echo.echo", `text=${text}`], { env, cwd });
  const calls = [
    ...count(15).flatMap((index) => [say(`one-${index}`, [], "one"), say(`two-${index}`, [], "two")]),
    ...count(5).map((index) => say(`alone-${index}`, ["--config", config], "two")),
  ];
  for (const { code, err } of await Promise.all(calls)) expect({ code, err }).toEqual({ code: 0, err: "" });

  expect((await stranger.hubctl(["audit", "verify"], { env, cwd: "one" })).code).toBe(0);
  const { items } = await stranger.json<{ items: readonly { target?: string }[] }>(["audit", "list", "--limit", "200", "--json"], {
    env,
    cwd: "two",
  });
  expect(items.filter(({ target }) => target === "echo.echo")).toHaveLength(calls.length);

  expect(await Promise.all([one!.stop(), two!.stop()])).toEqual([0, 0]);
  expect(await stranger.json(["audit", "verify", "--json"], { env })).toMatchObject({ ok: true });
});

// The verdict is printed, but the exit code is 0.
test("a chain that somebody has edited is found out", async () => {
  await using stranger = await Stranger.arrive();
  const config = await stranger.write("servers.json", { mcpServers: { echo: stdioServer("echo") } });
  for (const text of ["first", "second", "third"]) await stranger.hubctl(["call", "--config", config, "echo.echo", `text=${text}`]);
  expect((await stranger.hubctl(["audit", "verify"])).code).toBe(0);
  await stranger.write("edit.ts", `new (await import("bun:sqlite")).Database(process.argv[2]).run("delete from audit where rowid = 2");`);
  expect(await stranger.run(["bun", "edit.ts", `${stranger.home}/.local/share/hubctl/hub.db`])).toMatchObject({ code: 0 });
  const { code, out } = await stranger.hubctl(["audit", "verify"]);
  expect(out).toContain("rows 2 to 2 are missing");
  expect(code).toBe(1);
});
