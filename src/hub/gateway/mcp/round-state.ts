import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Clock, Random } from "../../kernel/runtime.ts";

/** What a `requestState` of the hub holds: a call that waits here, or the state that a server gave for its next round. */
export type RoundState = { readonly waits: string } | { readonly passes: string };

/** What a state is good for: nobody else, no other request. */
export interface Binding {
  readonly principal: string;
  readonly method: string;
  readonly target: string;
}

/** Seals states, because they come back through a client, who must not read, change, lend or keep them. */
export interface RoundStates {
  seal(state: RoundState, binding: Binding): string;
  /** Throws -32602 for whatever was not sealed here for this very request, or too long ago. */
  open(text: string, binding: Binding): RoundState;
}

const lifeMs = 10 * 60_000;
const nonceBytes = 12;
const tagBytes = 16;

export function createRoundStates({ clock, random }: { readonly clock: Clock; readonly random: Random }): RoundStates {
  const key = random.bytes(32);
  const boundTo = ({ principal, method, target }: Binding) => Buffer.from(JSON.stringify([principal, method, target]));
  return {
    seal(state, binding) {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(boundTo(binding));
      const text = JSON.stringify({ ...state, until: clock.now() + lifeMs });
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open(text, binding) {
      const sealed = Buffer.from(text, "base64url");
      // Characters outside the alphabet are skipped by the decoder; a state is only ever what was given out.
      if (sealed.toString("base64url") !== text || sealed.length < nonceBytes + tagBytes) throw invalid();
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes)).setAAD(boundTo(binding));
        decipher.setAuthTag(sealed.subarray(-tagBytes));
        const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
        const { until, ...state } = JSON.parse(plain.toString()) as RoundState & { until: number };
        if (until < clock.now()) throw invalid();
        return state;
      } catch {
        throw invalid();
      }
    },
  };
}

const invalid = () =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, "Invalid or expired requestState", { reason: "invalid_request_state" });
