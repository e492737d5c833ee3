import { z } from "zod";
import { HubError, type ErrorCode } from "./errors.ts";
import type { Principal } from "./principal.ts";
import type { Runtime } from "./runtime.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Progress of a long operation, in the form of MCP's `notifications/progress`. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** The public objects of all areas, each added by `hub.ts`; an operation reaches other areas only through these. */
export interface Areas {}

export interface Context extends Areas {
  readonly principal: Principal;
  /** The way the request came in, for the audit row of a call. */
  readonly door: "rest" | "local" | "hub-tool";
  readonly runtime: Runtime;
  readonly guard: OperationGuard;
  /** Called before the result leaves the hub. */
  readonly observe: (finished: FinishedOperation) => void | Promise<void>;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** The policy gate, as operations see it. Throws FORBIDDEN. */
export interface OperationGuard {
  operation(principal: Principal, operation: { readonly name: string; readonly scope: string }): void;
}

export interface FinishedOperation {
  readonly name: string;
  readonly audit: AuditClass;
  readonly principal: Principal;
  readonly input: unknown;
  readonly outcome: ErrorCode | "OK";
  readonly ms: number;
}

/** Which operations leave an audit row: those that change something, those that read something sensitive, none. */
export type AuditClass = "write" | "read" | "none";

export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly description?: string;
  /** Method and path below `/api/v2`; `{name}` takes the input field of that name. */
  readonly http: `${Method} /${string}`;
  readonly scope: `${string}:${"read" | "write" | "call" | "admin"}`;
  readonly audit: AuditClass;
  readonly input: I;
  readonly output: O;
  /** Inputs a person may type without their flag, in order. */
  readonly positional?: readonly (keyof z.infer<I> & string)[];
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean; readonly idempotentHint?: boolean };
  run(input: z.output<NoInfer<I>>, context: Context): Promise<z.input<NoInfer<O>>> | z.input<NoInfer<O>>;
}

/** Declares an operation; its name is `<area>.<export name>`. */
export const defineOperation = <I extends z.ZodObject, O extends z.ZodType>(operation: Operation<I, O>): Operation<I, O> => operation;

// oxlint-disable-next-line typescript/no-explicit-any -- input and output vary per operation; `Client` restores them
export type AnyOperation = Operation<any, any>;
export type Router = Readonly<Record<string, Readonly<Record<string, AnyOperation>>>>;

export interface NamedOperation {
  readonly name: string;
  readonly area: string;
  readonly verb: string;
  readonly operation: AnyOperation;
}

/** Flattens the router; names come from its keys, so none is written twice. */
export function* walk(router: Router): Generator<NamedOperation> {
  for (const [area, operations] of Object.entries(router))
    for (const [verb, operation] of Object.entries(operations)) yield { name: `${area}.${verb}`, area, verb, operation };
}

/** The only way a surface runs an operation: authorize, parse, run, parse, observe. */
export async function invoke({ name, operation }: NamedOperation, raw: unknown, context: Context): Promise<unknown> {
  const started = context.runtime.clock.monotonic();
  let outcome: FinishedOperation["outcome"] = "OK";
  try {
    context.guard.operation(context.principal, { name, scope: operation.scope });
    const input = parseInput(operation.input, raw);
    context.signal.throwIfAborted();
    return parseOutput(name, operation.output, await operation.run(input, context));
  } catch (cause) {
    const error = HubError.from(cause);
    outcome = error.code;
    throw error;
  } finally {
    const ms = context.runtime.clock.monotonic() - started;
    await context.observe({ name, audit: operation.audit, principal: context.principal, input: raw, outcome, ms });
  }
}

/** Making a schema strict costs far more than parsing with it. */
const strict = new WeakMap<z.ZodObject, z.ZodObject>();

function strictly(schema: z.ZodObject): z.ZodObject {
  const made = strict.get(schema) ?? schema.strict();
  strict.set(schema, made);
  return made;
}

function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const input = strictly(schema).safeParse(raw);
  if (input.success) return input.data as z.output<I>;
  throw new HubError("VALIDATION", z.prettifyError(input.error), { details: { issues: input.error.issues } });
}

function parseOutput(name: string, schema: z.ZodType, raw: unknown): unknown {
  const output = schema.safeParse(raw);
  if (output.success) return output.data;
  throw new HubError("INTERNAL", `${name} made a result that does not fit its own schema`, { cause: output.error });
}
