import type { Random } from "../kernel/runtime.ts";

export interface PageText {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly hint?: string;
}

/** A page that loads nothing, runs nothing and can be framed by nobody; every text in it is escaped. */
export function callbackPage({ status, title, text, hint }: PageText, random: Random): Response {
  const nonce = random.bytes(16).toHex();
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem; color-scheme: light dark }</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
${hint === undefined ? "" : `<p>${escaped(hint)}</p>\n`}</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": policy.join("; "),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    },
  });
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => entities[letter]!);
