import { createApp } from "../../app.js";
import type { Config } from "../../config/load-config.js";
import { DatabaseStartError } from "../../store/connection/start-error.js";
import { CommandError, type CommandIo } from "../io/command-io.js";
import { createLog } from "../io/create-log.js";

function describeListenError(error: unknown, { host, port }: Config): string | null {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken by another program; stop it, or set PORT to another one (0 = any free one).`;
    case "EACCES":
      return `This user may not listen on port ${port}; set PORT to one from 1024 on.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST is ${host}, which is no address of this machine (${code}).`;
    default:
      return null;
  }
}

function toStartError(error: unknown, config: Config): unknown {
  if (error instanceof DatabaseStartError) return new CommandError(error.message);
  const sentence = describeListenError(error, config);
  return sentence === null ? error : new CommandError(sentence);
}

function greet(url: string, token: string | undefined, { dataFolder }: Config): string {
  const ready = `Shelfmark is ready at ${url}\n`;
  if (!token) return ready;
  const body = '{"query":"{ viewer { actor { subject } scopes } }"}';
  const curl = `curl -sS '${url}' -H 'authorization: Bearer ${token}' -H 'content-type: application/json' -d '${body}'`;
  return [
    ready,
    `Local mode: this machine only, data and key in ${dataFolder}`,
    "A token for everything, good for 12 hours (more: shelfmark token --help):\n",
    `${token}\n`,
    "Try it:\n",
    `${curl}\n\n`,
  ].join("\n");
}

/** Runs the server until the process is asked to stop. */
export async function serve(config: Config, io: CommandIo): Promise<void> {
  const log = createLog(config);
  for (const warning of config.warnings) log.warn(warning);
  const stopped = io.untilStopped();
  const app = await createApp(config, { log });
  try {
    await app.start();
  } catch (error) {
    await app.stop().catch((reason: unknown) => log.debug(reason, "Stopping what had started failed, too"));
    throw toStartError(error, config);
  }
  io.onReload(() => app.reload());
  io.out(greet(app.url, app.localToken, config));
  await stopped;
  await app.stop();
}
