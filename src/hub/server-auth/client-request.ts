import { selectClientAuthMethod, type FetchLike } from "@modelcontextprotocol/client";
import type { OAuthClient } from "./records.ts";

export interface ClientRequest {
  readonly client: OAuthClient;
  /** The ways in which the endpoint lets clients prove who they are; RFC 8414 section 2. */
  readonly methods: readonly string[] | undefined;
  readonly fetch: FetchLike;
  readonly signal?: AbortSignal;
}

/** Sends a form to an authorization server as one of its clients. */
export function sendAsClient(
  url: URL,
  fields: Readonly<Record<string, string>>,
  { client, methods = [], signal, ...gate }: ClientRequest,
): Promise<Response> {
  const { client_id, client_secret } = client;
  const headers = new Headers({ accept: "application/json", "content-type": "application/x-www-form-urlencoded" });
  const body = new URLSearchParams(fields);
  const method = selectClientAuthMethod(client, [...methods]);
  if (method === "client_secret_basic")
    headers.set("authorization", `Basic ${btoa(`${formEncoded(client_id)}:${formEncoded(client_secret ?? "")}`)}`);
  else body.set("client_id", client_id);
  if (method === "client_secret_post" && client_secret !== undefined) body.set("client_secret", client_secret);
  return gate.fetch(url, { method: "POST", headers, body: body.toString(), redirect: "error", signal });
}

/** RFC 6749 section 2.3.1 wants both parts form-encoded before they are joined. */
const formEncoded = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
