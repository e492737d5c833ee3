import type { Server } from "bun";

/** What can go wrong at a server that is reached over HTTP. */
export const httpFaults = [
  "refused",
  "black hole",
  "reset in the body",
  "session 404",
  "401",
  "429",
  "503",
  "malformed JSON",
  "1 byte/s",
  "no such name",
  "flood",
  "restart",
  "upgrade",
] as const;
export type HttpFault = (typeof httpFaults)[number];

export interface FaultUpstream extends AsyncDisposable {
  readonly url: string;
  /** How often a call with this token was begun. */
  runs(token: string): number;
  readonly posts: number;
  /** From now on everything goes wrong this way; `restart` and `upgrade` are over at once. */
  break(fault: HttpFault): Promise<void>;
  mend(): void;
}

export interface FaultUpstreamOptions {
  readonly transport: "http" | "sse";
  /** How a forgotten session is answered. */
  readonly lostSession?: () => Response;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: { readonly token?: string } };
}

type Stream = ReadableStreamDefaultController<Uint8Array | string>;

const notFound = () => Response.json({ jsonrpc: "2.0", id: null, error: { code: -32001, message: "Session not found" } }, { status: 404 });

/** A hand-written server of 2025 on a loopback port, with one tool `run`, that can be broken in every way a network can. */
export function startFaultUpstream(options: FaultUpstreamOptions): FaultUpstream {
  return new BreakableUpstream(options);
}

class BreakableUpstream implements FaultUpstream {
  posts = 0;
  #fault: HttpFault | undefined;
  #server: Server<undefined> | undefined;
  #tools = ["run"];
  readonly #port: number;
  readonly #runs = new Map<string, number>();
  readonly #sessions = new Map<string, Stream | undefined>();
  readonly #initialized = new Set<string>();

  constructor(readonly options: FaultUpstreamOptions) {
    this.#port = this.#listen(0);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  runs(token: string): number {
    return this.#runs.get(token) ?? 0;
  }

  async break(fault: HttpFault): Promise<void> {
    if (fault === "session 404") this.#sessions.clear();
    else if (fault === "restart" || fault === "upgrade") {
      await this.#stop();
      if (fault === "upgrade") this.#tools = ["run", "new"];
      this.#listen(this.#port);
    } else {
      this.#fault = fault;
      if (fault === "refused") await this.#stop();
    }
  }

  mend(): void {
    if (this.#fault === "refused") this.#listen(this.#port);
    this.#fault = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  async #stop(): Promise<void> {
    this.#sessions.clear();
    await this.#server?.stop(true);
  }

  #listen(port: number): number {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
    return this.#server.port!;
  }

  async #answer(request: Request): Promise<Response> {
    if (request.method === "GET") return this.#answersToAll() ?? this.#open(request);
    if (request.method !== "POST") return new Response(null, { status: 405 });
    this.posts += 1;
    const message = (await request.json()) as Message;
    const refused = this.#answersToAll();
    if (refused) return refused;
    return this.#serve(message, request.headers.get("mcp-session-id") ?? new URL(request.url).searchParams.get("session"));
  }

  async #serve(message: Message, id: string | null): Promise<Response> {
    if (message.method === "initialize" && this.options.transport === "http") return this.#initialize(message);
    if (message.method === "server/discover") return jsonRpc(message, { error: { code: -32601, message: "Method not found" } });
    if (id === null || !this.#sessions.has(id)) return (this.options.lostSession ?? notFound)();
    if (message.method === "initialize") this.#initialized.add(id);
    else if (!this.#initialized.has(id)) return jsonRpc(message, { error: { code: -32602, message: "initialize comes first" } });
    const reply = this.#reply(message);
    if (this.options.transport === "sse") return this.#sendOn(this.#sessions.get(id)!, reply);
    if (reply === undefined) return new Response(null, { status: 202 });
    return this.#spoiled(reply) ?? new Response(reply, { headers: { "content-type": "application/json" } });
  }

  /** Faults that keep a request from being looked at. */
  #answersToAll(): Response | undefined {
    if (this.#fault === "401") return new Response("Unauthorized", { status: 401, headers: { "www-authenticate": "Bearer" } });
    if (this.#fault === "429") return new Response("Slow down", { status: 429, headers: { "retry-after": "7" } });
    return undefined;
  }

  #initialize(message: Message): Response | Promise<Response> {
    if (this.#fault !== undefined) {
      const spoiled = this.#spoiled(this.#reply(message)!);
      if (spoiled) return spoiled;
    }
    const id = crypto.randomUUID();
    this.#sessions.set(id, undefined);
    this.#initialized.add(id);
    return new Response(this.#reply(message), { headers: { "content-type": "application/json", "mcp-session-id": id } });
  }

  /** The stream that a session of HTTP+SSE is; a session of Streamable HTTP has one for what it was not asked. */
  #open(request: Request): Response {
    const given = request.headers.get("mcp-session-id");
    if (this.options.transport === "http" && (given === null || !this.#sessions.has(given)))
      return (this.options.lostSession ?? notFound)();
    if (this.#fault === "503") return new Response("Out of order", { status: 503 });
    const id = given ?? crypto.randomUUID();
    const silent = this.#fault === "black hole";
    const body = new ReadableStream<Uint8Array | string>({
      cancel: () => void this.#sessions.delete(id),
      start: (controller) => {
        this.#sessions.set(id, controller);
        if (this.options.transport === "sse" && !silent) controller.enqueue(`event: endpoint\ndata: /mcp?session=${id}\n\n`);
        else controller.enqueue(": open\n\n");
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  #reply({ id, method, params }: Message): string | undefined {
    if (id === undefined) return undefined;
    return JSON.stringify({ jsonrpc: "2.0", id, ...this.#outcome(method, params) });
  }

  #outcome(method: string | undefined, params: Message["params"]): object {
    if (method === "initialize")
      return { result: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "faulty", version: "1" } } };
    if (method === "ping") return { result: {} };
    if (method === "tools/list") return { result: { tools: this.#tools.map((name) => ({ name, inputSchema: { type: "object" } })) } };
    if (method !== "tools/call") return { error: { code: -32601, message: "Method not found" } };
    const token = params?.arguments?.token ?? "";
    this.#runs.set(token, this.runs(token) + 1);
    return { result: { content: [{ type: "text", text: token }] } };
  }

  /** The answer as the fault leaves it; the request has been carried out. */
  #spoiled(reply: string): Response | Promise<Response> | undefined {
    const headers = { "content-type": "application/json" };
    switch (this.#fault) {
      case "black hole":
        return new Promise(() => undefined);
      case "503":
        return new Response("Out of order", { status: 503 });
      case "malformed JSON":
        return new Response(reply.slice(0, -3), { headers });
      case "reset in the body":
        return new Response(this.#cutAfter(reply.slice(0, 10)), { headers });
      case "1 byte/s":
        return new Response(trickle(reply), { headers });
      case "flood":
        return new Response(endless(`{"jsonrpc":"2.0","junk":"`), { headers });
      default:
        return undefined;
    }
  }

  #cutAfter(start: string): ReadableStream<string> {
    return new ReadableStream<string>({
      pull: async (controller) => {
        controller.enqueue(start);
        await this.#cut();
      },
    });
  }

  /** Breaks every connection off, as a process that is killed does; who calls again finds it as it was. */
  async #cut(): Promise<Response> {
    await Bun.sleep(5);
    await this.#server?.stop(true);
    if (this.options.transport === "sse") this.#sessions.clear();
    this.#listen(this.#port);
    return new Response("Accepted", { status: 202 });
  }

  async #sendOn(stream: Stream, reply: string | undefined): Promise<Response> {
    if (reply !== undefined) {
      switch (this.#fault) {
        case "black hole":
          return new Promise(() => undefined);
        case "503":
          return new Response("Out of order", { status: 503 });
        case "malformed JSON":
          stream.enqueue(`data: ${reply.slice(0, -3)}\n\n`);
          break;
        case "reset in the body":
          stream.enqueue(`data: ${reply.slice(0, 10)}`);
          return await this.#cut();
        case "1 byte/s":
          stream.enqueue("d");
          break;
        case "flood":
          for (let i = 0; i < 200; i++) stream.enqueue(`data: ${filler}\n`);
          break;
        default:
          stream.enqueue(`data: ${reply}\n\n`);
      }
    }
    return new Response("Accepted", { status: 202 });
  }
}

const filler = "junk".repeat(4_096);

const jsonRpc = ({ id }: Message, outcome: object) => Response.json({ jsonrpc: "2.0", id, ...outcome });

const trickle = (text: string) => {
  let at = 0;
  return new ReadableStream<string>({
    async pull(controller) {
      if (at > 0) await Bun.sleep(1_000);
      controller.enqueue(text.charAt(at++));
      if (at === text.length) controller.close();
    },
  });
};

const endless = (start: string) => {
  let begun = false;
  return new ReadableStream<string>({
    async pull(controller) {
      await Bun.sleep(0);
      controller.enqueue(begun ? filler : start);
      begun = true;
    },
  });
};
