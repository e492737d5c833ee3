/** Answers a call with one line of 50 MB (or as many as its argument says). */
import { answer, serveByHand } from "./hand-written.ts";

const megabytes = Number(process.argv[2] ?? 50);

await serveByHand({ call: (id) => answer(id, "x".repeat(megabytes * 1_000_000)) });
