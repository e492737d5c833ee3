import { HubError } from "../kernel/errors.ts";
import type { Random } from "../kernel/runtime.ts";

/** A key that seals; its id is derived from it and says nothing about it. */
export interface MasterKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** Where a sealed text lies. It is authenticated with the text, so that one moved to another row does not open there. */
export interface Place {
  readonly tenant: string;
  readonly table: string;
  readonly row: string;
}

/** 96 bits, random for every text (NIST SP 800-38D, 8.2.2: safe for 2³² texts per key). */
const nonceBytes = 12;
const format = "v1";

/** Seals a text with AES-256-GCM: `v1.<key id>.<nonce>.<ciphertext and tag>`. */
export async function seal({ id, key }: MasterKey, text: string, { place, random }: { place: Place; random: Random }): Promise<string> {
  const iv = random.bytes(nonceBytes) as Uint8Array<ArrayBuffer>;
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytesOf(place) }, key, new TextEncoder().encode(text));
  return [format, id, base64url(iv), base64url(new Uint8Array(sealed))].join(".");
}

/** Opens what `seal` made; throws when a single bit of it, or its place, is another. */
export async function unseal({ key }: MasterKey, envelope: string, place: Place): Promise<string> {
  const { nonce, sealed } = readEnvelope(envelope);
  try {
    const iv = Uint8Array.fromBase64(nonce, { alphabet: "base64url" });
    const bytes = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytesOf(place) }, key, bytes));
  } catch (cause) {
    throw damaged(cause);
  }
}

/** The id of the key that an envelope was sealed with. */
export const keyIdOf = (envelope: string): string => readEnvelope(envelope).keyId;

function readEnvelope(envelope: string) {
  const [version, keyId, nonce, sealed, ...rest] = envelope.split(".");
  if (version !== format || !keyId || !nonce || !sealed || rest.length > 0) throw damaged();
  return { keyId, nonce, sealed };
}

const damaged = (cause?: unknown) =>
  new HubError("CONFLICT", "A secret cannot be opened: its row was changed, or moved from another place", {
    hint: "Set the secret again, or restore the store from a backup",
    cause,
  });

const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });
const bytesOf = ({ tenant, table, row }: Place) => new TextEncoder().encode(JSON.stringify([tenant, table, row]));
