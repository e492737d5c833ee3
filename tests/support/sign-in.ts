import type { TestHub } from "./test-hub.ts";

/** What a browser does: goes where it is sent, with the person agreeing to everything. */
export async function visit(url: string): Promise<{ status: number; text: string; back: string; headers: Headers }> {
  const back = await agree(url);
  const page = await fetch(back, { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
  return { status: page.status, text: await page.text(), back, headers: page.headers };
}

/** The address an authorization server sends the browser back to. */
export async function agree(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: "manual" });
  const back = answer.headers.get("location");
  if (back === null) throw new Error(`no redirect: ${answer.status} ${await answer.text()}`);
  return back;
}

export const inState = (hub: TestHub, state: string) =>
  hub.event("servers.state_changed", (data) => data["name"] === "remote" && data["to"] === state);

/** Signs the hub in at its server `remote`. */
export async function signIn(hub: TestHub) {
  await inState(hub, "authorizing");
  const { authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  return visit(authorizationUrl!);
}
