import type { z } from "zod";
import type { Operations as Router } from "#hub/operations.ts";

type Named<R> = {
  [A in keyof R & string]: { [V in keyof R[A] & string]: { readonly name: `${A}.${V}`; readonly operation: R[A][V] } }[keyof R[A] & string];
}[keyof R & string];
type Types<O> = O extends { readonly input: infer I extends z.ZodType; readonly output: infer T extends z.ZodType }
  ? { readonly input: z.input<I>; readonly output: z.output<T> }
  : never;

/** What every operation of the hub takes and gives, by its name. */
export type Operations = { [N in Named<Router> as N["name"]]: Types<N["operation"]> };
export type OperationName = keyof Operations;
