import { describe, expect, test } from "bun:test";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { docsRoutes, isDocsPage } from "./docs-pages.ts";
import { createRoutes } from "./routes.ts";
import { guarded, testGateway } from "../../../tests/support/test-gateway.ts";

const serve = () => testGateway(guarded(createRoutes(docsRoutes(systemRuntime.random)), { isLandingPage: isDocsPage }));

describe.each(["/docs", "/redoc"])("%s", (path) => {
  test("loads nothing but from this hub, and everything it loads is there", async () => {
    await using hub = await serve();
    const html = await (await hub.fetch(path)).text();
    expect(html).not.toMatch(/https?:\/\//);
    const sources = [...html.matchAll(/src="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toEqual([`${path}/bundle.js`, `${path}/start.js`]);
    for (const source of sources) {
      const response = await hub.fetch(source);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
      expect((await response.text()).length).toBeGreaterThan(50);
    }
  });

  test("its policy allows no other host, no inline code and no frame around it", async () => {
    await using hub = await serve();
    const policy = (await hub.fetch(path)).headers.get("content-security-policy")!;
    expect(policy).toStartWith("default-src 'none'; ");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test("every answer has a nonce of its own, the one its policy names", async () => {
    await using hub = await serve();
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await hub.fetch(path);
        const [, nonce] = /'nonce-([0-9a-f]{32})'/.exec(response.headers.get("content-security-policy")!)!;
        expect(await response.text()).toContain(`<script nonce="${nonce}">`);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test("may be the target of a link on another site; its parts may not", async () => {
    await using hub = await serve();
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await hub.fetch(path, { headers })).status).toBe(200);
    expect((await hub.fetch(`${path}/bundle.js`, { headers })).status).toBe(403);
  });
});
