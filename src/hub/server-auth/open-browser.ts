import { HubError } from "../kernel/errors.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { SpawnGate } from "../gates/spawn.ts";

export interface BrowserDeps {
  readonly spawnGate: Pick<SpawnGate, "start">;
  readonly runtime: Pick<Runtime, "env" | "host">;
}

/** What a desktop program needs to find the person's session and the browser of their choice. */
const desktop = [
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
  "XDG_CURRENT_DESKTOP",
  "DBUS_SESSION_BUS_ADDRESS",
  "BROWSER",
];

/** Opens an address in the person's browser, never through a shell; false where there is none, as over SSH or in a container. */
export async function openBrowser(url: string, { spawnGate, runtime }: BrowserDeps): Promise<boolean> {
  const { platform } = runtime.host;
  const env = Object.fromEntries(desktop.flatMap((name) => (runtime.env[name] ? [[name, runtime.env[name]]] : [])));
  const hasScreen = platform === "win32" || platform === "darwin" || "DISPLAY" in env || "WAYLAND_DISPLAY" in env;
  if (!hasScreen || (platform === "darwin" && runtime.env["SSH_CONNECTION"])) return false;
  for (const argv of openers(platform, url)) {
    try {
      const { stdout, stderr } = await spawnGate.start({ argv, env, owner: "The browser" });
      // A browser that is not listened to would wait with its next word.
      for (const said of [stdout, stderr]) void said.pipeTo(new WritableStream()).catch(() => undefined);
      return true;
    } catch (cause) {
      if (!(cause instanceof HubError)) throw cause;
    }
  }
  return false;
}

function openers(platform: NodeJS.Platform, url: string): readonly (readonly string[])[] {
  if (platform === "win32") return [["rundll32", "url.dll,FileProtocolHandler", url]];
  if (platform === "darwin") return [["open", url]];
  // In a session of its own, where there is setsid: a browser that was not running yet is the person's, and outlives the hub.
  // setsid waits, for what it leaves behind in its group before that is there would be ended with it.
  return [
    ["setsid", "--wait", "xdg-open", url],
    ["xdg-open", url],
  ];
}
