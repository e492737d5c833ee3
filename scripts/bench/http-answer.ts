/** One whole HTTP/1.1 answer. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const headEnd = Buffer.from("\r\n\r\n");
const lineEnd = Buffer.from("\r\n");

/**
 * Reads the answer that begins a buffer; undefined while it is not all there. Only what servers on loopback send to one
 * request at a time: a length or chunks (RFC 9112, sections 6 and 7), no trailers, nothing behind the answer.
 */
export function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const from = end + headEnd.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const body = length === undefined ? readChunks(bytes, from) : readLength(bytes, from, Number(length));
  return body && { status: Number(head.slice(9, 12)), body };
}

function readLength(bytes: Buffer, from: number, length: number): Buffer | undefined {
  if (bytes.length > from + length) throw new Error("There is more behind the answer than its length says");
  return bytes.length === from + length ? bytes.subarray(from) : undefined;
}

function readChunks(bytes: Buffer, start: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let from = start; ;) {
    const end = bytes.indexOf(lineEnd, from);
    if (end === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", from, end), 16);
    if (Number.isNaN(size)) throw new Error("The answer has neither a length nor chunks");
    const data = end + lineEnd.length;
    if (bytes.length < data + size + lineEnd.length) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(data, data + size));
    from = data + size + lineEnd.length;
  }
}
