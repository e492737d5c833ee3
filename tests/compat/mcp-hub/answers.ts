import { differences, shapeOf, type Shape } from "./shape.ts";

/** What is compared of an answer. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly shape: Shape;
  readonly code?: unknown;
  /** mcp-hub's word for the state of each server in it. */
  readonly servers: Readonly<Record<string, string>>;
}

interface Body {
  readonly code?: unknown;
  readonly server?: ServerStatus;
  readonly servers?: readonly ServerStatus[];
}

interface ServerStatus {
  readonly name: string;
  readonly status: string;
}

/** The answers of one program, by the name of the scene. */
export type Answers = Readonly<Record<string, Answer>>;

export async function answerOf(response: Response, port: number): Promise<Answer> {
  const type = (response.headers.get("content-type") ?? "none").split(";")[0]!;
  const body: unknown = type === "application/json" ? await response.json() : await response.text();
  const { code, server, servers = [] } = (typeof body === "object" ? (body ?? {}) : {}) as Body;
  const told = [...(server ? [server] : []), ...servers];
  return {
    status: response.status,
    type,
    shape: shapeOf(body, { [port]: "<port>" }),
    code,
    servers: Object.fromEntries(told.map(({ name, status }) => [name, status])),
  };
}

/** What differs between two answers, one line each. */
export function answersDiffer(theirs: Answer, ours: Answer): string[] {
  return [
    ...changed("status", theirs.status, ours.status),
    ...(theirs.type === ours.type ? differences(theirs.shape, ours.shape) : changed("type", theirs.type, ours.type)),
    ...changed("code", theirs.code, ours.code),
    ...Object.keys({ ...theirs.servers, ...ours.servers })
      .filter((name) => !isTriedAgain(theirs.servers[name], ours.servers[name]))
      .flatMap((name) => changed(name, theirs.servers[name], ours.servers[name])),
  ];
}

/** A server that failed is started again by ours, now and then, and may be on its way when it is looked at. */
const isTriedAgain = (theirs: string | undefined, ours: string | undefined) => theirs === "disconnected" && ours === "connecting";

const changed = (what: string, theirs: unknown, ours: unknown) => (theirs === ours ? [] : [`${what} ${String(theirs)} → ${String(ours)}`]);
