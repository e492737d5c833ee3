import { createInterface } from "node:readline/promises";
import { HubError } from "#hub/kernel/errors.ts";
import { command } from "../command.ts";
import type { Connection } from "../connection.ts";
import { createMessages } from "../output/messages.ts";
import { printResult } from "../output/result.ts";
import type { Terminal } from "../terminal.ts";

/** What `servers.authorize` answers, as far as a person is told. */
interface Offer {
  readonly authorizationUrl: string;
  readonly issuer: string;
  readonly scope?: string;
  readonly userCode?: string;
  readonly opened: boolean;
}

export const serversAuthorize = command({
  name: "authorize",
  summary: "Sign in at a remote server (OAuth), and wait until it is done",
  description:
    "Opens the address in a browser and prints it. Over SSH open it on your own machine: with --device you type a code there; otherwise paste the address the browser ends at, for it cannot reach the hub.",
  examples: [
    { line: "hubctl servers authorize github", means: "sign in with the browser of this machine" },
    { line: "hubctl servers authorize github --device", means: "type a code on another device, where the server offers that" },
    { line: "hubctl servers authorize github --no-wait --json", means: "only get the address" },
  ],
  flags: {
    name: { type: "string", description: "Server name, as in the configuration" },
    device: { type: "boolean", description: "Sign in on another device, where the authorization server offers it" },
    open: { type: "boolean", description: "Open a browser; --no-open only prints the address" },
    wait: { type: "boolean", description: "Wait until somebody has signed in; --no-wait does not" },
    issuer: {
      type: "string",
      hint: "url",
      description: "Agree to this authorization server, when the server names another one than before",
    },
  },
  positional: ["name"],
  required: ["name"],
  async run({ name, device, open = true, wait = true, issuer }, { terminal, globals, runtime, signal, connect }) {
    await using connection = await connect(globals);
    const done = new AbortController();
    const listening = AbortSignal.any([signal, done.signal]);
    // Listening begins first: a sign-in may be done before the answer is read.
    const signedIn = wait ? untilSignedIn(connection, name, listening) : undefined;
    signedIn?.catch(() => undefined);
    try {
      const offer = (await connection.invoke("servers.authorize", { name, open, device, issuer }, { signal })) as Offer;
      const isForPeople = signedIn !== undefined && globals.json === undefined;
      if (!isForPeople) printResult(offer, { operation: "servers.authorize", terminal, json: globals.json, now: runtime.clock.now() });
      if (!signedIn) return;
      const messages = createMessages(terminal, globals);
      if (isForPeople) for (const line of instructions(offer)) messages.log(line);
      await Promise.race(offer.userCode === undefined ? [signedIn, pasted(connection, terminal, listening)] : [signedIn]);
      messages.success(`Signed in at ${name}`);
    } finally {
      done.abort();
    }
  },
});

function instructions({ authorizationUrl, issuer, scope, userCode, opened }: Offer): string[] {
  return [
    `${opened ? "A browser was opened with" : "Open"} this address${userCode === undefined ? "" : ` and type ${userCode}`}:`,
    "",
    `  ${authorizationUrl}`,
    "",
    `You sign in at ${new URL(issuer).host}${scope === undefined ? "" : `, for: ${scope}`}.`,
    ...(userCode === undefined ? ["If the browser cannot reach the hub afterwards, paste the address it ended at here."] : []),
  ];
}

async function untilSignedIn(connection: Connection, name: string, signal: AbortSignal): Promise<void> {
  for await (const { data } of connection.events({ types: ["servers.authorized"], signal }))
    if ((data as { name?: string }).name === name) return;
  signal.throwIfAborted();
  throw new HubError("UNAVAILABLE", "The hub ended before anybody had signed in", { hint: "Start it again, and sign in again" });
}

/** Never resolves where nobody sits at the terminal. */
async function pasted(connection: Connection, terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (!terminal.stdin.isTTY) return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  const { stdin, stderr } = terminal.streams();
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    for (;;) {
      const url = (await lines.question("", { signal })).trim();
      if (url === "") continue;
      await connection.invoke("servers.completeAuthorization", { url }, { signal });
      return;
    }
  } finally {
    lines.close();
  }
}
