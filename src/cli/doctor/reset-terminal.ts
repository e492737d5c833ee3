/**
 * Takes back everything a full-screen program may have left on: synchronized output, kitty keyboard mode, mouse and focus
 * reports, bracketed paste, hidden cursor, no line wrap, alternate screen, colours (xterm's ctlseqs, and the kitty
 * keyboard protocol).
 */
export const resetTerminal = ["?2026l", "<u", "?1000l", "?1002l", "?1003l", "?1004l", "?1006l", "?2004l", "?25h", "?7h", "?1049l", "0m"]
  .map((sequence) => `\u001b[${sequence}`)
  .join("");
