/** Answers a call with bytes that are no UTF-8, and the next one properly. */
import { answer, serveByHand, write } from "./hand-written.ts";

let calls = 0;

await serveByHand({
  call(id) {
    if (calls++ > 0) return answer(id, "proper");
    const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[{"type":"text","text":"`;
    return write(Buffer.concat([Buffer.from(head), Buffer.from([0xc3, 0x28, 0xff, 0xfe]), Buffer.from('"}]}}\n')]));
  },
});
