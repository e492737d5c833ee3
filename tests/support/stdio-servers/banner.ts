/** Prints a banner on stdout before its first message, and a stray line between messages, as many programs do. */
import { answer, serveByHand, write } from "./hand-written.ts";

await write("\n  Welcome to Banner 1.0!\n  Listening on stdio…\n\n");

await serveByHand({
  async call(id) {
    await write("DEBUG handling a call\n");
    await answer(id, "still here");
  },
});
