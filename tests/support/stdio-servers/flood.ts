/** Floods stdout with garbage forever: lines, or with `--one-line` a line that never ends. */
const line = `${"garbage ".repeat(8_000)}${process.argv[2] === "--one-line" ? "" : "\n"}`;

function write(): void {
  while (process.stdout.write(line));
  process.stdout.once("drain", write);
}
write();
