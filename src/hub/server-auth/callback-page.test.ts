import { expect, test } from "bun:test";
import fc from "fast-check";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { callbackPage } from "./callback-page.ts";

test("B9 B10 no text becomes markup, and nobody frames or scripts the page", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (inner) => {
      const text = `<img src=x onerror=alert(1)>${inner}</p><script>`;
      const page = callbackPage({ status: 400, title: text, text, hint: text }, fakeRuntime().random);
      const html = await page.text();
      expect(html.match(/<[a-z]+/g)?.toSorted()).toEqual(
        ["<html", "<head", "<meta", "<meta", "<meta", "<title", "<link", "<style", "<body", "<h", "<p", "<p"].toSorted(),
      );
      const policy = page.headers.get("content-security-policy")!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe-inline");
    }),
  );
});
