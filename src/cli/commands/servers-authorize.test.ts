import { expect, test } from "bun:test";
import type { HubEvent } from "#hub/kernel/event.ts";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";

const offer = {
  name: "github",
  issuer: "https://as.example",
  authorizationUrl: "https://as.example/authorize?state=s",
  scope: "repo",
  expiresAt: 1,
  opened: false,
};
const authorized = (name: string): HubEvent => ({
  id: 1,
  type: "servers.authorized",
  v: 1,
  level: "info",
  at: 1,
  tenant: "default",
  data: { name },
});

/** Signs in at the given servers, one after the other, once the address is out. */
function hub(...names: string[]): CliOptions {
  const asked = Promise.withResolvers<void>();
  return {
    answers: {
      "servers.authorize": () => {
        asked.resolve();
        return offer;
      },
    },
    events: async function* () {
      await asked.promise;
      for (const name of names) yield authorized(name);
    },
  };
}

test("prints the address and waits for this server, no other", async () => {
  const { code, out, err, calls } = await cli(["servers", "authorize", "github"], hub("gitlab", "github"));
  expect({ code, out }).toEqual({ code: 0, out: "" });
  expect(err).toContain("\n  https://as.example/authorize?state=s\n");
  expect(err).toContain("You sign in at as.example, for: repo.");
  expect(err).toContain("Signed in at github");
  expect(calls).toEqual([{ operation: "servers.authorize", input: { name: "github", open: true } }]);
});

test("a hub that ends meanwhile is said to have ended", async () => {
  const { code, err } = await cli(["servers", "authorize", "github"], hub("gitlab"));
  expect(code).toBe(9);
  expect(err).toContain("The hub ended before anybody had signed in");
});

test("--no-wait only gets the address, for programs as JSON", async () => {
  const { code, out } = await cli(["servers", "authorize", "github", "--no-wait", "--no-open", "--json"], hub());
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(offer);
});

test("--device shows the code, --issuer passes the person's consent on", async () => {
  const options = hub("github");
  const answers = {
    "servers.authorize": async (...asked: Parameters<NonNullable<CliOptions["answers"]>[string]>) => ({
      ...((await options.answers!["servers.authorize"]!(...asked)) as object),
      userCode: "ABCD-1",
    }),
  };
  const { err, calls } = await cli(["servers", "authorize", "github", "--device", "--issuer", "https://as.example"], {
    ...options,
    answers,
  });
  expect(err).toContain("Open this address and type ABCD-1:");
  expect(calls[0]!.input).toEqual({ name: "github", open: true, device: true, issuer: "https://as.example" });
});
