/** What `mcp-hub --help` prints. */
export const mcpHubHelp = `Usage: mcp-hub --port <port> --config <files..> [options]

hubctl under the name of mcp-hub: the same flags, REST API and events.

  -p, --port            Port to listen on, on this machine only                 [required]
  -c, --config          Configuration files, later ones over earlier ones       [required]
  -w, --watch           Follow the configuration files
      --auto-shutdown   Stop when the last client of /api/events has left
      --shutdown-delay  Milliseconds to wait before that                        [default: 0]
      --version         Print the version that clients are told
  -h, --help            Print this
`;
