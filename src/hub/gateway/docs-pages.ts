import redocBundle from "../../../node_modules/redoc/bundles/redoc.standalone.js" with { type: "file" };
import scalarBundle from "../../../node_modules/@scalar/api-reference/dist/browser/standalone.js" with { type: "file" };
import type { Random } from "../kernel/runtime.ts";
import { restPrefix } from "./rest-surface.ts";
import type { Route } from "./routes.ts";

const documentUrl = `${restPrefix}/openapi.json`;

/** A page of somebody else's making: its bundle, and the few lines that start it. */
interface Page {
  readonly path: "/docs" | "/redoc";
  readonly title: string;
  readonly bundle: string;
  readonly start: string;
}

const pages: readonly Page[] = [
  {
    path: "/docs",
    title: "hubctl API",
    bundle: scalarBundle,
    start: `Scalar.createApiReference("#page", ${JSON.stringify({
      url: documentUrl,
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: "never",
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
      defaultOpenAllTags: false,
    })});`,
  },
  {
    path: "/redoc",
    title: "hubctl API reference",
    bundle: redocBundle,
    start: `Redoc.init(${JSON.stringify(documentUrl)}, ${JSON.stringify({ sanitize: true, hideDownloadButtons: false, nativeScrollbars: true })}, document.getElementById("page"));`,
  },
];

/** A browser may be sent here by a link on another site: the pages show what is public in every release. */
export const isDocsPage = (path: string): boolean => pages.some((page) => page.path === path);

/**
 * `/docs` and `/redoc`, with everything they load. Their bundles lie in the program as files and are read when a browser
 * asks; the policy lets them talk to nobody but this hub, whatever address a bundle holds.
 */
export function docsRoutes(random: Random): Route[] {
  return pages.flatMap(({ path, title, bundle, start }): Route[] => [
    { method: "GET", path, handle: () => page({ path, title, nonce: random.bytes(16).toHex() }) },
    { method: "GET", path: `${path}/bundle.js`, handle: () => script(Bun.file(bundle)) },
    { method: "GET", path: `${path}/start.js`, handle: () => script(start) },
  ]);
}

const script = (body: string | Blob) =>
  new Response(body, {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "max-age=3600", "x-content-type-options": "nosniff" },
  });

/** Both bundles make style elements while they run and know of no nonce; this gives them the one of the script it stands in. */
const nonceForStyles = `{
  const { nonce } = document.currentScript;
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => Object.assign(create(name, options), name === "style" ? { nonce } : {});
}`;

function page({ path, title, nonce }: Pick<Page, "path" | "title"> & { readonly nonce: string }): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">body { margin: 0 }</style>
<script nonce="${nonce}">${nonceForStyles}</script>
</head>
<body>
<div id="page"></div>
<script src="${path}/bundle.js"></script>
<script src="${path}/start.js"></script>
</body>
</html>
`;
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...pageHeaders(nonce) },
  });
}

function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
}
