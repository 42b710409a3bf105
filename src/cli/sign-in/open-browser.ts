import { spawn } from "node:child_process";
import type { Environment } from "../../config/load-config.js";

/** Whether a browser of this person can be expected on this machine. */
export function hasBrowser(env: Environment, platform = process.platform): boolean {
  if (env.SSH_CONNECTION) return false;
  return platform === "darwin" || platform === "win32" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.BROWSER);
}

/** Opens an address in the browser, if it can. The person has read the address, too. */
export function openBrowser(address: URL, env: Environment): void {
  const [command, ...before] = browserCommand(env);
  const child = spawn(command, [...before, address.href], { stdio: "ignore", detached: true });
  child.once("error", () => {
    // the address is on the screen: no browser is no failure
  });
  child.unref();
}

function browserCommand(env: Environment): [string, ...string[]] {
  if (env.BROWSER) return [env.BROWSER];
  if (process.platform === "darwin") return ["open"];
  return process.platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
