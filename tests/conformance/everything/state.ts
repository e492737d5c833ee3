import { createRequestStateCodec, InMemoryServerEventBus, type RequestStateCodec } from "@modelcontextprotocol/server";

/** What a multi-round tool remembers between rounds; it travels signed through the client. */
export interface Round {
  readonly step: number;
  readonly name?: string;
}

/**
 * What outlives one server instance: stateless requests get a fresh instance each, so lists that change and the key that
 * signs `requestState` belong to the process.
 */
export interface EverythingState {
  readonly changes: InMemoryServerEventBus;
  readonly rounds: RequestStateCodec<Round>;
  dynamicTool: boolean;
  dynamicPrompt: boolean;
  watchedRevision: number;
}

export function createEverythingState(): EverythingState {
  return {
    changes: new InMemoryServerEventBus(),
    rounds: createRequestStateCodec<Round>({ key: crypto.getRandomValues(new Uint8Array(32)) }),
    dynamicTool: false,
    dynamicPrompt: false,
    watchedRevision: 1,
  };
}
