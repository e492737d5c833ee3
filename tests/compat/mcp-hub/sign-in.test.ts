import { beforeAll, describe, expect, test } from "bun:test";
import { createComparison } from "./comparison.ts";
import { signInWith, type SignedIn } from "./sign-in.ts";

let theirs: SignedIn;
let ours: SignedIn;

const comparison = createComparison([
  { where: /callback page/, what: /^type none → text\/html$/, why: "The page at the end of a sign-in says what it is" },
  { where: /callback page (with|of nobody)/, what: /^status 200 → 40[03]$/, why: "with a status of 400 or more when it came to nothing" },
  { where: /callback page without/, what: /^status 200 → 400$/, why: "with a status of 400 or more when it came to nothing" },
  {
    where: /^signed in at/,
    what: /^\.server\.authorizationUrl string → null$/,
    why: "`authorizationUrl` is gone once the hub is signed in",
  },
  {
    where: /^subscription_event tool_list_changed$/,
    what: /^only ours$/,
    why: "also when a server that was added or started offers something else",
  },
]);

beforeAll(async () => {
  [theirs, ours] = await Promise.all([signInWith("theirs"), signInWith("ours")]);
}, 60_000);

/** Where browsers are to come back to, beside the port. */
const redirects = ({ answered }: SignedIn) =>
  new Set(answered.map((url) => new URL(url).searchParams.get("redirect_uri")!.replace(/:\d+/, "")));

describe("signing in with mcp-hub 4.2.1 and with our program", () => {
  test("every step answers with the same status, code, form and state of the server", () => {
    comparison.answers(theirs.answers, ours.answers);
    expect(ours.answers["before"]!.servers).toEqual({ browser: "unauthorized", "by hand": "unauthorized", old: "unauthorized" });
    expect(ours.answers["signed in at old"]!.servers).toEqual({ old: "connected" });
  });

  test("the same events are sent, about the same servers", () => {
    comparison.events(theirs.events, ours.events);
    // No event is sent for a request that names no server of ours.
    expect(new Set([...ours.updated, "nobody"])).toEqual(new Set(theirs.updated));
  });

  test("a browser is opened with each address that is answered", () => {
    for (const { opened, answered } of [theirs, ours]) expect(opened.toSorted()).toEqual(answered.toSorted());
  });

  test("browsers come back to addresses of their own, and with a state", () => {
    expect(redirects(theirs)).toEqual(
      new Set(["browser", "by+hand", "old"].map((name) => `http://localhost/api/oauth/callback?server_name=${name}`)),
    );
    expect(redirects(ours)).toEqual(new Set(["browser", "by%20hand", "old"].map((name) => `http://127.0.0.1/oauth/callback/${name}`)));
    const hasState = (url: string) => new URL(url).searchParams.has("state");
    expect([theirs.answered.some(hasState), ours.answered.every(hasState)]).toEqual([false, true]);
  });

  test("every difference that is allowed is one, and is told in the notes", () => comparison.allIsNeeded());
});
