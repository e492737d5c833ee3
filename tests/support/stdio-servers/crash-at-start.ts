/** Says why on stderr and ends before it has answered anything. */
process.stderr.write("fatal: FAKE_TOKEN is not set\n");
process.exit(1);
