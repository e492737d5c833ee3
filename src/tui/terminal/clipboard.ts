import type { Toast } from "#tui/widgets/toast/use-toasts.ts";
import type { Terminal } from "./terminal.ts";

/** Above this, terminals drop an OSC 52 sequence without a word (xterm's limit is the smallest). */
const osc52Limit = 74_994;

const native = [["pbcopy"], ["wl-copy"], ["xclip", "-selection", "clipboard"]] as const;

/** Over SSH the desktop is that of another machine. */
const hasDesktop = (env: Terminal["process"]["env"]): boolean =>
  !env["SSH_CONNECTION"] && Boolean(env["WAYLAND_DISPLAY"] || env["DISPLAY"] || env["TERM_PROGRAM"] === "Apple_Terminal");

/** Puts text on the clipboard: tmux' own way inside tmux, the desktop's, else the terminal's. Says which, never more than it knows. */
export async function copyText({ process, pipeTo, stdout }: Terminal, text: string): Promise<Toast> {
  const { env } = process;
  if (pipeTo && env["TMUX"] && (await pipeTo(["tmux", "load-buffer", "-w", "-"], text))) return { level: "ok", text: "copied via tmux" };
  if (pipeTo && hasDesktop(env))
    for (const argv of native) if (await pipeTo(argv, text)) return { level: "ok", text: `copied with ${argv[0]}` };
  const encoded = Buffer.from(text).toString("base64");
  if (encoded.length > osc52Limit || env["TERM"] === "linux" || env["TERM"] === "dumb")
    return { level: "warn", text: "not copied: this terminal has no clipboard" };
  stdout.write(`\u001b]52;c;${encoded}\u0007`);
  return { level: "ok", text: "sent to the terminal's clipboard (OSC 52)" };
}
