import { describe, expect, test } from "bun:test";
import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { requestUrl } from "./request-url.ts";
import { guarded, sendRaw, testGateway } from "../../../tests/support/test-gateway.ts";

const ok = () => new Response("reached");
const echo = async (request: Request) => new Response(await request.text());
const raw = (headers: string, line = "GET /health HTTP/1.1") => `${line}\r\n${headers}Connection: close\r\n\r\n`;
const statusOf = (answer: string) => Number(answer.split(" ")[1]);

describe("Host", () => {
  test.each([
    ["Host: 127.0.0.1:1\r\n", 200],
    ["Host: LOCALHOST\r\n", 200],
    ["Host: [::1]:80\r\n", 200],
    ["Host: 127.9.9.9\r\n", 200],
    ["Host: hub.example:443\r\n", 200],
    ["Host: evil.example\r\n", 403],
    ["Host: 127.0.0.1.evil.example\r\n", 403],
    ["Host: evil@127.0.0.1\r\n", 403],
    ["Host: 127.0.0.1/evil.example\r\n", 403],
    ["Host: localhost\r\nHost: evil.example\r\n", 403],
    ["Host: evil.example\r\nHost: localhost\r\n", 403],
    ["Host: \r\n", 403],
    ["Host: localhost.\r\n", 403],
    ["", 400],
  ])("%j: %i", async (headers, status) => {
    await using gateway = await testGateway(guarded(ok, { allowedHosts: ["Hub.example"] }));
    expect(statusOf(await sendRaw(gateway.port, raw(headers)))).toBe(status);
  });

  test("the target of an absolute request line counts as little as the Host allows", async () => {
    await using gateway = await testGateway(guarded(({ url }) => new Response(url)));
    expect(statusOf(await sendRaw(gateway.port, raw("Host: evil.example\r\n", "GET http://127.0.0.1/ HTTP/1.1")))).toBe(403);
  });
});

describe("Origin", () => {
  test.each([
    ["Origin: http://localhost:3000\r\n", 200],
    ["Origin: https://127.0.0.1\r\n", 200],
    ["Origin: http://[::1]:5173\r\n", 200],
    ["Origin: https://app.example\r\n", 200],
    ["Sec-Fetch-Site: same-origin\r\n", 200],
    ["Sec-Fetch-Site: none\r\n", 200],
    ["Origin: https://evil.example\r\n", 403],
    ["Origin: http://app.example\r\n", 403],
    ["Origin: null\r\n", 403],
    ["Origin: \r\n", 403],
    ["Origin: http://localhost\r\nOrigin: https://evil.example\r\n", 403],
    ["Origin: http://localhost@evil.example\r\n", 403],
    ["Origin: http://evil@localhost\r\n", 403],
    ["Origin: http://localhost/path\r\n", 403],
    ["Origin: file://localhost\r\n", 403],
    ["Origin: vscode-webview://localhost\r\n", 403],
    ["Sec-Fetch-Site: cross-site\r\n", 403],
    ["Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n", 403],
  ])("%j: %i", async (headers, status) => {
    await using gateway = await testGateway(guarded(ok, { allowedOrigins: ["https://app.example"] }));
    expect(statusOf(await sendRaw(gateway.port, raw(`Host: localhost\r\n${headers}`)))).toBe(status);
  });

  test("a redirect from another site reaches a landing page by GET, and nothing else", async () => {
    await using gateway = await testGateway(guarded(ok, { isLandingPage: (path) => path === "/oauth/callback" }));
    const visit = (line: string, mode = "navigate") =>
      sendRaw(gateway.port, raw(`Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: ${mode}\r\n`, line));
    expect(statusOf(await visit("GET /oauth/callback?code=1 HTTP/1.1"))).toBe(200);
    expect(statusOf(await visit("GET /api/v2/servers HTTP/1.1"))).toBe(403);
    expect(statusOf(await visit("GET /oauth/callback HTTP/1.1", "no-cors"))).toBe(403);
    expect(statusOf(await visit("POST /oauth/callback HTTP/1.1"))).toBe(403);
  });

  test("never answers with CORS headers", async () => {
    await using gateway = await testGateway(guarded(ok));
    const response = await gateway.fetch("/", { headers: { origin: "http://localhost:3000" } });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

test("a refusal says what to do, under the caller's request id", async () => {
  await using gateway = await testGateway(guarded(ok));
  const response = await gateway.fetch("/", { headers: { host: "evil.example", "x-request-id": "abc-1" } });
  expect(response.headers.get("x-request-id")).toBe("abc-1");
  expect(await response.json()).toEqual({
    error: {
      code: "FORBIDDEN",
      message: "The Host header names no host of this hub",
      retryable: false,
      hint: "Call it by its address, or add the name to hub.allowedHosts",
    },
  });
});

test("the unix socket has no use for Host and Origin", async () => {
  const directory = await mkdtemp(join(tmpdir(), "hubctl-guard-"));
  const path = join(directory, "hub.sock");
  await using _ = await testGateway(
    guarded((request) => new Response(requestUrl(request).pathname)),
    { socket: { path } },
  );
  const response = await systemRuntime.fetch("http://anything/reached", {
    unix: path,
    headers: { host: "x y/z", origin: "https://evil.example" },
  });
  expect(await response.text()).toBe("/reached");
  await rm(directory, { recursive: true });
});

describe("sizes", () => {
  const chunked = (text: string) =>
    new ReadableStream({ start: (controller) => (controller.enqueue(new TextEncoder().encode(text)), controller.close()) });

  test("a body above the limit is refused with 413, whether it tells its length or not", async () => {
    await using gateway = await testGateway(guarded(echo, { bodyLimit: 1000 }));
    expect(await (await gateway.fetch("/", { method: "POST", body: "x".repeat(1000) })).text()).toHaveLength(1000);
    expect(await (await gateway.fetch("/", { method: "POST", body: chunked("x".repeat(1000)) })).text()).toHaveLength(1000);
    const told = await gateway.fetch("/", { method: "POST", body: "x".repeat(1001) });
    expect([told.status, ((await told.json()) as { error: { code: string } }).error.code]).toEqual([413, "VALIDATION"]);
    const untold = await gateway.fetch("/", { method: "POST", body: chunked("x".repeat(1001)) });
    expect([untold.status, ((await untold.json()) as { error: { code: string } }).error.code]).toEqual([413, "VALIDATION"]);
  });

  test.each([
    ["too many headers", Array.from({ length: 120 }, (_, at) => `X-${at}: y\r\n`).join("")],
    ["one too long", `Authorization: ${"y".repeat(9000)}\r\n`],
    ["more than the server reads", `X: ${"y".repeat(20_000)}\r\n`],
  ])("%s: 431", async (_, headers) => {
    await using gateway = await testGateway(guarded(ok));
    expect(statusOf(await sendRaw(gateway.port, raw(`Host: localhost\r\n${headers}`)))).toBe(431);
  });

  test.each([
    ["both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "abcdef"],
  ])("a request that two readers would cut differently (%s): 400", async (_, headers, body) => {
    await using gateway = await testGateway(guarded(echo));
    expect(statusOf(await sendRaw(gateway.port, raw(`Host: localhost\r\n${headers}`, "POST / HTTP/1.1") + body))).toBe(400);
  });
});
