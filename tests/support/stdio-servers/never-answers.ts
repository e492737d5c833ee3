/** Reads everything and answers nothing. */
process.stdin.resume();
