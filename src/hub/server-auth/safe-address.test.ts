import { expect, test } from "bun:test";
import { checkNamedAddress, isLocal } from "./safe-address.ts";

const publicServer = new URL("https://mcp.example.com/mcp");
const localServer = new URL("http://127.0.0.1:3000/mcp");
const check = (text: string, server = publicServer) => checkNamedAddress(text, "authorization endpoint", server);

test.each([
  "javascript:alert(1)",
  "file:///etc/passwd",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "\\\\evil.example\\share",
  "//evil.example/authorize",
  "http://x$(calc)/",
  "https://x$(calc)/",
  "https://as.example/`id`",
  "https://as.example/a b",
  'https://as.example/"--flag',
  "https://as.example/'x'",
  "-flag",
  "--https://as.example",
  " https://as.example/",
  "https://as.example/\u001b]8;;",
  "https://as.example/a\nb",
  "https://user:secret@as.example/",
  "https://as.example\\@evil.example/",
  "https:as.example",
  "https:///as.example",
  "https://",
  "https://a..b/",
  "https://-rf/",
  "ms-calculator:",
  "",
])("B7 %j is no address to send a person to", (text) => {
  expect(() => check(text)).toThrow(expect.objectContaining({ code: "UPSTREAM_REJECTED" }));
});

test.each([
  "http://as.example/authorize",
  "https://127.0.0.1/x",
  "https://10.0.0.7/x",
  "https://[::1]/x",
  "https://localhost/x",
  "https://2130706433/",
  "https://169.254.169.254/",
])("a server on the public network does not send to %s", (text) => {
  expect(() => check(text)).toThrow(expect.objectContaining({ code: "UPSTREAM_REJECTED" }));
});

test.each([
  "https://as.example/authorize?tenant=a&x=%20",
  "https://login.example.com:8443/o/authorize",
  "https://xn--bcher-kva.example/x",
  "https://[2606:4700::1111]/x",
])("%s is fine", (text) => {
  expect(check(text).protocol).toBe("https:");
});

test("a local server may name what is local too, and without encryption only this machine", () => {
  expect(check("http://127.0.0.1:9000/authorize", localServer).port).toBe("9000");
  expect(check("http://localhost:9000/authorize", localServer).port).toBe("9000");
  expect(check("https://10.0.0.7/authorize", localServer).hostname).toBe("10.0.0.7");
  expect(() => check("http://10.0.0.7/authorize", localServer)).toThrow("not encrypted");
});

test("what is local is known by every spelling", () => {
  for (const text of [
    "http://127.1/",
    "http://0x7f.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost./",
    "http://a.localhost/",
    "http://192.168.1.1/",
  ])
    expect(isLocal(new URL(text))).toBe(true);
  for (const text of ["https://example.com/", "https://localhost.example.com/", "https://1.1.1.1/"])
    expect(isLocal(new URL(text))).toBe(false);
});
