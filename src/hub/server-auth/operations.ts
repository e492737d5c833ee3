import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import { ServerName } from "../servers/schema.ts";
import "../servers/area.ts";
import "./area.ts";

const name = { name: ServerName };

export const authorize = defineOperation({
  summary: "Start signing in at a remote server (OAuth)",
  description:
    "Gives the address a person opens in a browser, or with `device` a code to type on another machine. The server connects by itself once that is done.",
  http: "POST /servers/{name}/authorize",
  scope: "servers:write",
  audit: "write",
  positional: ["name"],
  input: z.object({
    ...name,
    open: z.boolean().default(false).describe("Open the address in a browser on the hub's machine"),
    device: z.boolean().default(false).describe("Sign in on another device, where the authorization server offers it"),
    issuer: z.url().optional().describe("Agree to this authorization server, when the server names another one than before"),
  }),
  output: z.object({
    name: z.string(),
    issuer: z.string().describe("The authorization server: check that you know it before you sign in"),
    authorizationUrl: z.string().describe("Open this in a browser"),
    scope: z.string().optional().describe("Permissions that are asked for"),
    redirectUrl: z
      .string()
      .optional()
      .describe("Where the browser is sent back to; from another machine, give that address to servers.complete-authorization"),
    userCode: z.string().optional().describe("Type this at the address"),
    expiresAt: z.int().describe("Epoch ms until which the sign-in can be finished"),
    opened: z.boolean().describe("A browser was opened with it"),
  }),
  async run({ name, open, device, issuer }, { serverAuth, openBrowser }) {
    if (device) {
      const { url, urlWithCode, ...prompt } = await serverAuth.authorizeDevice(name, { issuer });
      const authorizationUrl = urlWithCode ?? url;
      return { name, ...prompt, authorizationUrl, opened: open && (await openBrowser(authorizationUrl)) };
    }
    const { url, ...offer } = await serverAuth.authorize(name, { issuer });
    return { name, ...offer, authorizationUrl: url, opened: open && (await openBrowser(url)) };
  },
});

export const completeAuthorization = defineOperation({
  summary: "Finish signing in with the address the browser was sent back to",
  description: "For a browser on another machine, which cannot reach the hub: paste the address it ended at.",
  http: "POST /servers/complete-authorization",
  scope: "servers:write",
  audit: "write",
  positional: ["url"],
  input: z.object({ url: z.string().min(1).max(8192).describe("The whole address from the browser's address bar") }),
  output: z.object({ name: z.string().describe("The server the hub is signed in at now") }),
  run: ({ url }, { serverAuth }) => serverAuth.complete(url),
});

export const forgetAuthorization = defineOperation({
  summary: "Sign out of a remote server: revoke and forget its tokens, and forget which authorization server it used",
  http: "POST /servers/{name}/forget-authorization",
  scope: "servers:write",
  audit: "write",
  positional: ["name"],
  annotations: { destructiveHint: true, idempotentHint: true },
  input: z.object(name),
  output: z.object({
    name: z.string(),
    forgotten: z.boolean().describe("False when there was nothing to forget"),
    revoked: z.boolean().describe("The authorization server has taken the tokens back; where it does not, they are good until they end"),
  }),
  async run({ name }, { serverAuth, servers }) {
    const { status } = servers.get(name);
    const signedOut = await serverAuth.forget(name);
    if (signedOut.forgotten && status.state !== "stopped" && status.state !== "disabled") await servers.restart(name);
    return { name, ...signedOut };
  },
});
