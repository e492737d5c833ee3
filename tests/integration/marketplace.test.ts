import { expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { testHub, type TestHub } from "../support/test-hub.ts";

const name = "@modelcontextprotocol/server-filesystem";
const older = "2026.7.10";
/** A package manager fetches what it starts. */
const slow = 180_000;

const commented = `{
  // what I had before
  mcpServers: {
    mine: { url: 'https://example.com/mcp', disabled: true }, // later
  },
}
`;

async function api(hub: TestHub, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${hub.url}/api/v2${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

test(
  "by REST: search, show, install, call, update and uninstall, with nothing but the package registry in reach",
  async () => {
    await using hub = await testHub(commented);
    const files = join(hub.home, "files");
    await mkdir(files);
    await writeFile(join(files, "hello.txt"), "hello there");

    const found = (await api(hub, "GET", "/marketplace/servers?query=filesystem")) as { items: { name: string }[] };
    expect(found.items.map((item) => item.name)).toContain("sh.mcpm/filesystem");
    const shown = await api(hub, "GET", `/marketplace/servers/${encodeURIComponent(name)}`);
    expect(shown).toMatchObject({ name: "sh.mcpm/filesystem", ways: ["npm"] });
    expect(shown["readme"]).toContain("read_file");

    const plan = (await api(hub, "POST", "/marketplace/plan", { name, version: older })) as Record<string, unknown> & { consent: string };
    expect(plan).toMatchObject({
      server: "filesystem",
      way: "npm",
      package: { type: "npm", identifier: name, version: older },
      permissions: { argv: ["npx", "-y", `${name}@${older}`, "{directory}…"], unrestricted: true },
      asks: [{ key: "directory", required: true, kind: "filepath" }],
    });
    expect((plan["package"] as { integrity: string }).integrity).toStartWith("sha512-");
    expect(await readFile(hub.configFile, "utf8")).toBe(commented);

    const installed = await api(hub, "POST", "/marketplace/install", {
      name,
      version: older,
      consent: plan.consent,
      inputs: { directory: files },
    });
    expect(installed).toMatchObject({ server: "filesystem", state: "enabled", package: { version: older } });
    const written = await readFile(hub.configFile, "utf8");
    expect(written.replace(/ {4}"filesystem": \{[\s\S]*?\n {4}\},?\n/, "")).toBe(commented);
    expect(await readFile(installed["backup"] as string, "utf8")).toBe(commented);

    const call = async () => api(hub, "POST", "/tools/filesystem.read_text_file/call", { arguments: { path: join(files, "hello.txt") } });
    expect(await call()).toMatchObject({ content: [{ type: "text", text: "hello there" }] });

    const asked = (await api(hub, "POST", "/marketplace/installed/filesystem/update", {})) as { plan: { consent: string }; diff: object };
    expect(asked).toMatchObject({ updated: false, diff: { version: { from: older } } });
    const updated = await api(hub, "POST", "/marketplace/installed/filesystem/update", { consent: asked.plan.consent });
    expect(updated).toMatchObject({ updated: true, diff: { tools: { removed: [] } }, result: { state: "enabled" } });
    expect((updated["result"] as { package: { version: string } }).package.version).not.toBe(older);
    expect(await call()).toMatchObject({ content: [{ type: "text", text: "hello there" }] });

    const list = (await api(hub, "GET", "/marketplace/installed")) as { items: object[] };
    expect(list.items).toMatchObject([{ server: "filesystem", state: "enabled" }]);
    await api(hub, "DELETE", "/marketplace/installed/filesystem");
    expect(await readFile(hub.configFile, "utf8")).toBe(commented);
    expect(await api(hub, "GET", "/marketplace/installed")).toEqual({ items: [] });
    await Promise.all(["installed", "updated", "uninstalled"].map((event) => hub.event(`marketplace.${event}`)));
  },
  slow,
);
