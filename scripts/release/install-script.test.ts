import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installScript } from "./install-script.ts";

const archive = "hubctl-linux-x64.tar.gz";
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "hubctl-install-"));
  await mkdir(join(directory, "release"));
  await Bun.write(join(directory, "hubctl"), "#!/bin/sh\necho installed\n");
  await Bun.$`chmod 755 hubctl && tar -czf release/${archive} hubctl`.cwd(directory).quiet();
  const sum = createHash("sha256")
    .update(await Bun.file(join(directory, "release", archive)).bytes())
    .digest("hex");
  await Bun.write(join(directory, "install.sh"), installScript("1.2.3", `${sum}  ${archive}\n`));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const install = (base: string, target: string, bin: string) =>
  Bun.$`sh install.sh ${base} ${target}`
    .cwd(directory)
    .env({ PATH: process.env["PATH"]!, HOME: directory, HUBCTL_BIN: join(directory, bin) })
    .nothrow()
    .quiet();

test("a release installs from a directory", async () => {
  const { exitCode, stdout } = await install("release", "linux-x64", "bin");
  expect(stdout.toString()).toContain("hubctl 1.2.3 is at");
  expect(exitCode).toBe(0);
  expect(await Bun.$`${join(directory, "bin/hubctl")}`.text()).toBe("installed\n");
});

test("a release installs over HTTP", async () => {
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => new Response(Bun.file(join(directory, new URL(url).pathname))),
  });
  const { exitCode } = await install(`${server.url.href}release/`, "linux-x64", "bin-http");
  expect(exitCode).toBe(0);
  expect(await Bun.file(join(directory, "bin-http/hubctl")).exists()).toBe(true);
});

test("an archive with another sum is refused, and nothing is installed", async () => {
  await mkdir(join(directory, "tampered"));
  await Bun.write(join(directory, "tampered", archive), "something else");
  const { exitCode, stderr } = await install("tampered", "linux-x64", "bin-tampered");
  expect(stderr.toString()).toContain("is not the file of this release");
  expect(exitCode).toBe(1);
  expect(await Bun.file(join(directory, "bin-tampered/hubctl")).exists()).toBe(false);
});

test("a target that was not built, and a missing base, are said", async () => {
  expect((await install("release", "plan9-x64", "bin")).stderr.toString()).toContain("was not built for plan9-x64");
  expect((await Bun.$`sh install.sh`.cwd(directory).env({ PATH: process.env["PATH"]! }).nothrow().quiet()).stderr.toString()).toContain(
    "say where",
  );
});
