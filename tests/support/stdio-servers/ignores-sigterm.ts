/**
 * Ignores SIGTERM and the end of its standard input, and has a child that does the same. Its tool tells both process ids,
 * and so does its first line on stderr, so a test can see whether anything survived.
 */
import { answer, serveByHand } from "./hand-written.ts";

const stubborn = "process.on('SIGTERM', () => {}); process.stdout.write('ready'); setInterval(() => {}, 1 << 30)";

process.on("SIGTERM", () => undefined);
const child = Bun.spawn([process.execPath, "-e", stubborn], { stdio: ["ignore", "pipe", "ignore"] });
await child.stdout.getReader().read();

const pids = JSON.stringify({ pid: process.pid, child: child.pid });
process.stderr.write(`${pids}\n`);
await serveByHand({ call: (id) => answer(id, pids), tools: ["pids"] });
await child.exited;
