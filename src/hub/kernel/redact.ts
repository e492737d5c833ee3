/** Field names whose value is a secret whatever it looks like. */
const secretName =
  /^(authorization|proxy-authorization|cookie|set-cookie|.*(password|passwd|secret|api[-_]?key|apikey|private[-_]?key|access[-_]?token|refresh[-_]?token|id[-_]?token|auth[-_]?token|bot[-_]?token|session[-_]?token|client[-_]?secret|code[-_]?verifier|master[-_]?key|credential)s?|tokens?|pat|bearer)$/i;

/** Values that are secrets whatever their field is called; each shape is documented by its vendor. */
const secretValues = [
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/-]{8,}=*/gi,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}\b/g,
  /\bglpat-[A-Za-z0-9_-]{16,}\b/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,}\b/g,
  /\bsk-[A-Za-z0-9_-]{16,}\b/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}\b/g,
  /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}\b/g,
  /\bya29\.[A-Za-z0-9_-]{16,}\b/g,
  /\bnpm_[A-Za-z0-9]{30,}\b/g,
  /\b(?:secret|ntn)_[A-Za-z0-9]{30,}\b/g,
  /\bfig[duo]_[A-Za-z0-9_-]{16,}\b/g,
  /\b\d{8,10}:AA[A-Za-z0-9_-]{30,}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(?<=:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  // What a browser brings back from a sign-in (RFC 6749 section 4.1.2), and what must not be in an address at all.
  /(?<=[?&#](?:code|state|code_verifier|client_secret|client_assertion|access_token|refresh_token|id_token)=)[^&#\s"'<>]+/gi,
];

const hidden = "[redacted]";
const depthLimit = 12;

/** Whether any of the shapes may be in a text: most texts hold none, and asking once costs less than asking for each. */
const mayHoldSecret = new RegExp(secretValues.map(({ source }) => source).join("|"), "i");

/** Takes secrets out of a text by their shape. */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text;
  return secretValues.reduce((left, shape) => left.replace(shape, hidden), text);
}

/** A copy of a JSON value without secrets: by field name, and by the shape of strings. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? String(value) : value;
  if (depth >= depthLimit) return "[too deep]";
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, isSecretField(key, item) ? hidden : redact(item, depth + 1)]));
}

/** Field names that were asked for before: a hub sees the same few again and again. */
const judged = new Map<string, boolean>();
const mostJudged = 2_000;
const longestJudged = 64;

function isSecretName(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isSecret = secretName.test(key);
  if (key.length > longestJudged) return isSecret;
  if (judged.size >= mostJudged) judged.clear();
  judged.set(key, isSecret);
  return isSecret;
}

const isSecretField = (key: string, value: unknown) =>
  isSecretName(key) && (typeof value === "string" ? value !== "" : value !== null && typeof value === "object");
