import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { HubError } from "#hub/kernel/errors.ts";
import { localOwner, type Principal } from "#hub/kernel/principal.ts";
import { createPolicy, type PolicyTarget } from "./policy.ts";
import { grants } from "./scopes.ts";

const policy = createPolicy();
const target: PolicyTarget = { tenant: "default", source: "slack", tool: "post", effect: "write" };
const caller = (given: Partial<Principal>): Principal => ({
  ...localOwner,
  kind: "token",
  roles: [],
  scopes: new Set(["tools:call"]),
  ...given,
});
const errorOf = (run: () => void): HubError | undefined => {
  try {
    run();
  } catch (cause) {
    return cause as HubError;
  }
  return undefined;
};

describe("scopes", () => {
  test.each([
    [["servers:write"], "servers:write", true],
    [["servers:write"], "servers:read", true],
    [["servers:call"], "servers:read", true],
    [["servers:write"], "servers:call", false],
    [["servers:read"], "servers:write", false],
    [["servers:admin"], "servers:write", true],
    [["servers:admin"], "servers:call", true],
    [["servers:write"], "servers:admin", false],
    [["servers:*"], "servers:admin", true],
    [["*:read"], "audit:read", true],
    [["*:read"], "audit:write", false],
    [["*:admin"], "audit:write", true],
    [["tools:admin"], "audit:read", false],
    [["*", "all", "servers", ":", "serv*:read", "servers:rea*"], "servers:read", false],
    [["servers:constructor"], "servers:constructor", false],
    [[], "servers:read", false],
    [["servers:read"], "servers", false],
    [["*:read"], ":read", false],
  ])("%j grants %s: %p", (granted, scope, expected) => {
    expect(grants(new Set(granted), scope)).toBe(expected);
  });

  test("all grants everything", () => {
    expect(grants("all", "audit:admin")).toBe(true);
  });
});

describe("policy", () => {
  test("the local owner may use every tool of its tenant", () => {
    for (const effect of ["read", "write", "destructive"] as const)
      expect(policy.mayUse(localOwner, { ...target, effect })).toEqual({ allowed: true });
  });

  test("G9 another tenant and another source look like nothing at all", () => {
    const elsewhere = errorOf(() => policy.require(localOwner, { ...target, tenant: "acme" }));
    const hidden = errorOf(() => policy.require(caller({ sources: ["github"] }), target));
    expect(elsewhere?.toJSON()).toEqual(hidden!.toJSON());
    expect(elsewhere).toMatchObject({ code: "NOT_FOUND", message: "There is no tool slack.post" });
    expect(policy.mayUse(caller({ sources: [] }), target)).toMatchObject({ allowed: false, code: "NOT_FOUND" });
  });

  test("A13 a missing scope is named", () => {
    const error = errorOf(() => policy.require(caller({ scopes: new Set(["servers:admin"]) }), target));
    expect(error).toMatchObject({ code: "FORBIDDEN", details: { scope: "tools:call" } });
    expect(error?.hint).toContain("tools:call");
    expect(errorOf(() => policy.operation(caller({}), { name: "servers.restart", scope: "servers:write" }))).toMatchObject({
      code: "FORBIDDEN",
      message: "servers.restart needs the scope servers:write",
      details: { scope: "servers:write" },
    });
  });

  test("a read-only principal uses what reads, and nothing that changes", () => {
    const reader = caller({ readOnly: true, scopes: "all" });
    expect(policy.mayUse(reader, { ...target, effect: "read" }).allowed).toBe(true);
    expect(policy.mayUse(reader, target)).toMatchObject({ code: "FORBIDDEN" });
    expect(policy.mayUse(reader, { ...target, effect: "destructive" })).toMatchObject({ code: "FORBIDDEN" });
    expect(errorOf(() => policy.operation(reader, { name: "servers.list", scope: "servers:read" }))).toBeUndefined();
    expect(errorOf(() => policy.operation(reader, { name: "tools.call", scope: "tools:call" }))).toBeUndefined();
    expect(errorOf(() => policy.operation(reader, { name: "servers.restart", scope: "servers:write" }))).toMatchObject({
      code: "FORBIDDEN",
    });
    expect(errorOf(() => policy.operation(reader, { name: "keys.rotate", scope: "keys:admin" }))).toMatchObject({ code: "FORBIDDEN" });
  });
});

const tenant = fc.constantFrom("default", "acme");
const source = fc.constantFrom("slack", "github", "files");
const anyTarget = fc.record({
  tenant,
  source,
  tool: fc.constantFrom("read", "post", "delete"),
  effect: fc.constantFrom("read" as const, "write" as const, "destructive" as const),
});
const scope = fc
  .tuple(fc.constantFrom("tools", "servers", "*"), fc.constantFrom("read", "write", "call", "admin", "*"))
  .map((parts) => parts.join(":"));
const anyPrincipal: fc.Arbitrary<Principal> = fc.record(
  {
    id: fc.constant("p"),
    kind: fc.constant("token" as const),
    tenant,
    roles: fc.constant([]),
    scopes: fc.oneof(
      fc.constant("all" as const),
      fc.array(scope, { maxLength: 4 }).map((scopes) => new Set(scopes)),
    ),
    sources: fc.uniqueArray(source),
    readOnly: fc.boolean(),
  },
  { requiredKeys: ["id", "kind", "tenant", "roles", "scopes"] },
);

test("A9 listing and calling agree for 10,000 random principals and targets", () => {
  fc.assert(
    fc.property(anyPrincipal, anyTarget, (principal, wanted) => {
      const decision = policy.mayUse(principal, wanted);
      const error = errorOf(() => policy.require(principal, wanted));
      expect(error?.code).toBe(decision.allowed ? undefined : decision.code);
      if (!decision.allowed) return;
      expect(principal.tenant).toBe(wanted.tenant);
      if (principal.sources) expect(principal.sources).toContain(wanted.source);
      if (principal.readOnly) expect(wanted.effect).toBe("read");
      if (principal.scopes !== "all")
        expect(
          ["tools:call", "tools:admin", "tools:*", "*:call", "*:admin", "*:*"].some((held) =>
            (principal.scopes as ReadonlySet<string>).has(held),
          ),
        ).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

test("taking a grant away never opens anything", () => {
  fc.assert(
    fc.property(
      fc.array(scope, { minLength: 1, maxLength: 5 }),
      scope.filter((wanted) => !wanted.includes("*")),
      (granted, wanted) => {
        if (!grants(new Set(granted), wanted)) expect(grants(new Set(granted.slice(1)), wanted)).toBe(false);
      },
    ),
  );
});
