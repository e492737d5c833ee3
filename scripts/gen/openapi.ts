import { openApiDocument } from "#hub/gateway/openapi.ts";
import { operations } from "#hub/operations.ts";
import { version } from "../compile.ts";
import { jsonText, type Generator } from "./generated.ts";

/** `docs/reference/openapi.json`, the document the hub also serves at `/api/v2/openapi.json`. */
export const openApi: Generator = () => [
  { path: "docs/reference/openapi.json", text: jsonText(openApiDocument(operations, { title: "hubctl", version })) },
];
