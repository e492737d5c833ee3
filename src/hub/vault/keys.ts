import { scrypt } from "node:crypto";
import { join } from "node:path";
import { HubError } from "../kernel/errors.ts";
import type { Paths } from "../kernel/paths.ts";
import type { Random, Runtime } from "../kernel/runtime.ts";
import type { MasterKey } from "./seal.ts";

/** Keys are made longer than a person can guess in a lifetime: 32 random bytes as base64, or a passphrase of this length and more. */
const shortestPassphrase = 16;
const keyBytes = 32;
const keychainEntry = "master-key";
const keyHint = "Use 32 random bytes: openssl rand -base64 32";

export interface LoadOptions {
  /** Of this store, for passphrases: the same one opens nothing elsewhere. */
  readonly salt: string;
  /** Whether a key may be made where there is none. It may not when the store is sealed already. */
  readonly mayCreate: boolean;
}

/** Where master keys come from. */
export interface KeySource {
  /** All keys there are, newest first, and where they were found. */
  load(options: LoadOptions): Promise<Keyring>;
  /** Puts a new key before the others, where they are kept. */
  add(keyText: string): Promise<void>;
}

export interface Keyring {
  readonly origin: string;
  readonly keys: readonly MasterKey[];
}

interface Origin {
  readonly name: string;
  read(): Promise<string | undefined>;
  /** Undefined where only the person who set it can change it; false when it did not work. */
  readonly write?: (text: string) => Promise<boolean>;
}

/**
 * The master key, from the first of these that holds one: `HUBCTL_MASTER_KEY`, the file that `HUBCTL_MASTER_KEY_FILE` names,
 * the OS keychain, `master.key` in the data directory. Each holds one key a line, newest first; `#` begins a comment.
 * When none does, a key is made and kept in the keychain, or in `master.key` on machines without one.
 */
export function createKeySource({ env, files, keychain, random }: Runtime, paths: Paths): KeySource {
  const file = (path: string): Origin => ({
    name: path,
    read: () => files.read(path),
    write: (text) => files.replace(path, text, 0o600).then(() => true),
  });
  const keptHere: Origin[] = [
    { name: "the OS keychain", read: () => keychain.get(keychainEntry), write: (text) => keychain.set(keychainEntry, text) },
    file(join(paths.data, "master.key")),
  ];
  const named = env["HUBCTL_MASTER_KEY_FILE"];
  const given: Origin[] = [
    { name: "HUBCTL_MASTER_KEY", read: async () => env["HUBCTL_MASTER_KEY"] },
    ...(named ? [{ ...file(named), read: () => readNamed(named, files) }] : []),
  ];

  const find = async (): Promise<{ origin: Origin; text: string } | undefined> => {
    for (const origin of [...given, ...keptHere]) {
      const text = await origin.read();
      if (text?.trim()) return { origin, text };
    }
    return undefined;
  };
  const create = async () => {
    const text = newKeyText(random);
    await files.makeDirectory(paths.data, 0o700);
    for (const origin of keptHere) if (await origin.write?.(text)) return { origin, text };
    throw new HubError("UNAVAILABLE", "There is no place to keep a new master key", { hint: "Set HUBCTL_MASTER_KEY" });
  };

  return {
    async load({ salt, mayCreate }) {
      const found = (await find()) ?? (mayCreate ? await create() : undefined);
      if (!found) return { origin: "", keys: [] };
      return {
        origin: found.origin.name,
        keys: await Promise.all(keyLines(found.text).map((line) => readKey(line, salt, found.origin.name))),
      };
    },
    async add(keyText) {
      const [line, ...more] = keyLines(keyText);
      if (!line || more.length > 0) throw new HubError("VALIDATION", "A new key is one line of text", { hint: keyHint });
      if (!rawKey(line)) passphrase(line, "the request");
      const found = await find();
      if (!found?.origin.write)
        throw new HubError("CONFLICT", `The new key cannot be added to ${found?.origin.name ?? "a place that holds none"} by hubctl`, {
          hint: "Put the new key on a line before the old one in HUBCTL_MASTER_KEY, and start the hub again",
        });
      await found.origin.write(`${line}\n${found.text}`);
    },
  };
}

/** A new key, in the form that every origin takes. */
export const newKeyText = (random: Random): string => random.bytes(keyBytes).toBase64();

const keyLines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

async function readNamed(path: string, files: Runtime["files"]): Promise<string> {
  const text = await files.read(path);
  if (text?.trim()) return text;
  throw new HubError("CONFLICT", `HUBCTL_MASTER_KEY_FILE names ${path}, which ${text === undefined ? "does not exist" : "is empty"}`, {
    hint: `Write a key into it: openssl rand -base64 32 > ${path}`,
  });
}

/** Reads a key: base64 of exactly 32 bytes is used as it is, anything else is a passphrase. */
export async function readKey(text: string, salt: string, origin: string): Promise<MasterKey> {
  const bytes = rawKey(text) ?? (await stretch(passphrase(text, origin), salt));
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array([...new TextEncoder().encode("hubctl key id\0"), ...bytes]));
  return {
    id: new Uint8Array(digest, 0, 4).toHex(),
    key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]),
  };
}

function rawKey(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

function passphrase(text: string, origin: string): string {
  if (text.length >= shortestPassphrase) return text;
  throw new HubError("VALIDATION", `The master key in ${origin} is too short: it has ${text.length} characters of ${shortestPassphrase}`, {
    hint: keyHint,
  });
}

/** scrypt with N = 2¹⁵, r = 8, p = 3, one of the settings of OWASP's Password Storage Cheat Sheet; it takes 32 MiB. */
function stretch(text: string, salt: string): Promise<Uint8Array<ArrayBuffer>> {
  const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) =>
    scrypt(text.normalize("NFKC"), salt, keyBytes, cost, (cause, key) => (cause ? reject(cause) : resolve(new Uint8Array(key)))),
  );
}
