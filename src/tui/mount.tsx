import { tmpdir } from "node:os";
import { render } from "ink";
import { App } from "./app.tsx";
import { ClientContext, type HubClient } from "./client/client-context.tsx";
import { EventFeed } from "./client/event-feed.ts";
import { HubPulse } from "./client/hub-pulse.ts";
import { QueryCache } from "./client/query-cache.ts";
import { PainterContext } from "./layout/region.tsx";
import { ThemeContext } from "./layout/theme-context.ts";
import { MemoryContext, type Memory } from "./state/remembered.ts";
import { terminalKeyboard } from "./terminal/keyboard.ts";
import { Painter } from "./terminal/painter.ts";
import { StdinContext } from "./terminal/stdin-context.ts";
import { StdinFilter } from "./terminal/stdin-filter.ts";
import { TerminalSession } from "./terminal/terminal-session.ts";
import type { TuiOptions } from "./tui-options.ts";
import { createTheme, themeOptionsFrom } from "./theme.ts";

/** Puts the interface on the terminal: the streams Ink gets, the client, and the session that ends it. */
export function mount(options: TuiOptions & { readonly memory: Memory }): TerminalSession {
  const { version, runtime, terminal, log, logPath, memory } = options;
  const { clock, env } = runtime;
  const painter = new Painter(terminal.stdout, clock);
  const isRemote = env["SSH_CONNECTION"] !== undefined || env["SSH_TTY"] !== undefined;
  const input = new StdinFilter({ keyboard: terminalKeyboard(terminal.stdin), clock, isRemote });
  const session = new TerminalSession({
    terminal,
    painter,
    input,
    logPath,
    crashed: (cause) => log?.error("The interface crashed", { cause }),
  });
  const client = openClient(options);
  const instance = render(
    <PainterContext value={painter}>
      <StdinContext value={input}>
        <ThemeContext value={createTheme(themeOptionsFrom(env))}>
          <MemoryContext value={memory}>
            <ClientContext value={client}>
              <App version={version} terminal={terminal} temporaryDirectory={tmpdir()} quit={() => session.end(0)} />
            </ClientContext>
          </MemoryContext>
        </ThemeContext>
      </StdinContext>
    </PainterContext>,
    { ...inkOptions, stdout: painter as unknown as NodeJS.WriteStream, stdin: input as unknown as NodeJS.ReadStream },
  );
  session.mounted(() => {
    client.feed.stop();
    client.pulse.stop();
    client.cache.dispose();
    instance.unmount();
  });
  instance.waitUntilExit().then(
    (code) => session.end(typeof code === "number" ? code : 0),
    (cause: unknown) => session.end(70, cause),
  );
  void client.feed.run();
  void client.pulse.run();
  return session;
}

/** `interactive` because any `CI` variable makes Ink print only its last frame; Ctrl+C is a key of ours. */
const inkOptions = {
  alternateScreen: true,
  incrementalRendering: true,
  maxFps: 60,
  interactive: true,
  patchConsole: false,
  exitOnCtrlC: false,
} as const;

function openClient({ connection, runtime: { clock, random } }: TuiOptions): HubClient {
  const feed = new EventFeed({ connection, clock });
  const cache = new QueryCache(connection, clock);
  feed.onEvent((event) => cache.accept(event));
  return { connection, cache, feed, clock, pulse: new HubPulse({ connection, clock, random }) };
}
