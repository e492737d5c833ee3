// A small server over stdio. Its argument is its name in the hub's configuration, by which its process is found.
import { InMemoryServerEventBus } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createFakeServer } from "../../tests/support/fake-server.ts";
import { offer } from "./repeat-tool.ts";

const changes = new InMemoryServerEventBus();
serveStdio(() => createFakeServer(() => offer, changes));
