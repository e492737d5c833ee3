import { describe, expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createLog, type LogRecord } from "../kernel/log.ts";
import { compose } from "./compose.ts";
import { observeRequests, type FinishedRequest } from "./observe-requests.ts";
import { requestId } from "./request-id.ts";
import { createRoutes, type Route } from "./routes.ts";
import { loopbackRuntime, testGateway } from "../../../tests/support/test-gateway.ts";

const route = (method: Route["method"], path: Route["path"]): Route => ({
  method,
  path,
  handle: (_, { route: pattern }, params) => Response.json([pattern, params]),
});
const routes = createRoutes([
  route("GET", "/"),
  route("GET", "/a"),
  route("POST", "/a"),
  route("GET", "/a/{id}"),
  route("GET", "/a/new"),
  route("GET", "/a/new/x"),
  route("GET", "/a/{id}/y/{part}"),
  route("GET", "/docs/*"),
  route("GET", "/docs/assets/{name}"),
]);

describe("createRoutes", () => {
  test.each([
    ["/", "/", {}],
    ["/a?x=1", "/a", {}],
    ["/a/1", "/a/{id}", { id: "1" }],
    ["/a/new", "/a/new", {}],
    ["/a/new/y/p", "/a/{id}/y/{part}", { id: "new", part: "p" }],
    ["/a/x%2Fy/y/%F0%9F%90%9F", "/a/{id}/y/{part}", { id: "x/y", part: "🐟" }],
    ["/docs/x/y", "/docs/*", { "*": "x/y" }],
    ["/docs/", "/docs/*", { "*": "" }],
    ["/docs/assets/main.js", "/docs/assets/{name}", { name: "main.js" }],
    ["/docs/assets/deep/main.js", "/docs/*", { "*": "assets/deep/main.js" }],
    ["/a/./b/../1", "/a/{id}", { id: "1" }],
  ])("%s: %s", async (path, pattern, params) => {
    await using hub = await testGateway(routes);
    expect(await (await hub.fetch(path)).json()).toEqual([pattern, params]);
  });

  test.each(["/b", "/a/", "/a/1/", "/a/1/y", "/docs", "/A"])("%s: 404", async (path) => {
    await using hub = await testGateway(routes);
    expect((await hub.fetch(path)).status).toBe(404);
  });

  test("two routes that would hide each other are refused at once", () => {
    expect(() => createRoutes([route("GET", "/a/{id}"), route("GET", "/a/{name}")])).toThrow("would hide");
  });

  test("parameters named after the prototype are plain fields", async () => {
    await using hub = await testGateway(createRoutes([route("GET", "/x/{__proto__}")]));
    expect(await (await hub.fetch("/x/1")).text()).toBe('["/x/{__proto__}",{"__proto__":"1"}]');
  });
});

describe("what every request leaves behind", () => {
  const clock = fakeClock();
  const observed = async (path: string, headers: Record<string, string> = {}) => {
    const records: LogRecord[] = [];
    const measured: FinishedRequest[] = [];
    const log = createLog({ clock, level: "debug", sinks: [(record) => records.push(record)] });
    const layers = compose(requestId(loopbackRuntime().random), observeRequests({ clock, log, measure: (one) => measured.push(one) }));
    await using hub = await testGateway(layers(routes));
    const response = await hub.fetch(path, { headers });
    return { records, measured, id: response.headers.get("x-request-id") };
  };

  test("is measured by its pattern, and logged without what the caller typed", async () => {
    const { records, measured } = await observed("/a/very-secret?token=hunter2");
    expect(measured).toEqual([{ method: "GET", route: "/a/{id}", status: 200, ms: 0 }]);
    expect(records).toMatchObject([{ level: "debug", route: "/a/{id}", status: 200, via: "tcp", peer: "127.0.0.1" }]);
    expect(JSON.stringify(records)).not.toMatch(/hunter2|very-secret/);
  });

  test("paths that nobody serves share one name", async () => {
    expect((await observed("/whatever")).measured).toMatchObject([{ route: "none", status: 404 }]);
  });

  test("the caller's request id is kept where it is a plain name", async () => {
    expect((await observed("/a", { "x-request-id": "trace:7.a-b_c" })).id).toBe("trace:7.a-b_c");
    for (const bad of ["a b", "x".repeat(129), "<script>"]) expect((await observed("/a", { "x-request-id": bad })).id).toBe("id-000001");
  });
});
