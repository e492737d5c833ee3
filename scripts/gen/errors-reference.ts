import { errorTable } from "#hub/kernel/errors.ts";
import { code, page, table, type Generator } from "./generated.ts";

/** `docs/reference/errors.md`, from the error table. */
export const errorsReference: Generator = () => {
  const rows = Object.entries(errorTable).map(([name, { status, exit, rpc, retryable, means }]) => [
    code(name),
    String(status),
    String(exit),
    rpc === undefined ? "–" : String(rpc),
    retryable ? "yes" : "no",
    means,
  ]);
  const about = "Every error a caller can see. A dash under JSON-RPC means that MCP sends no JSON-RPC error for it.";
  const head = ["code", "HTTP", "exit code", "JSON-RPC", "retry helps", "means"];
  return [{ path: "docs/reference/errors.md", text: page("Errors", about, table(head, rows)) }];
};
