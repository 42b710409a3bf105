import type { Command } from "commander";
import type { Logger } from "pino";
import { type Config, databaseOptions, loadConfig } from "../../config/load-config.js";
import type { Database } from "../../store/connection/database.js";
import { errorCode } from "../../util/error-text.js";
import { toPlainLog } from "../../util/plain-log.js";
import { type CommandContext, CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { createServerLog } from "../io/create-log.js";

export function defineServe(program: Command, { io }: CommandContext): void {
  program
    .command("serve", { isDefault: true })
    .description("run the server until SIGINT or SIGTERM (the default command)")
    .allowExcessArguments()
    .addHelpText("after", "\nThe settings are environment variables: see shelfmark --help.\n")
    .action(async (_options: object, { args: [extra] }: Command) => {
      if (extra !== undefined) throw misuse(`There is no command "${extra}"; see shelfmark --help.`);
      await serve(loadConfig(io.env), io);
    });
}

async function serve(config: Config, io: CommandIo): Promise<void> {
  const log = createServerLog(config);
  for (const warning of config.warnings) log.warn(warning);
  const stopped = io.untilStopped();
  const opening = await openDatabaseEarly(config, log);
  const { createApp } = await import("../../app.js");
  const app = createApp(config, { log, opening });
  try {
    await app.start();
  } catch (error) {
    await app.stop().catch((reason: unknown) => log.debug(reason, "Stopping the parts that had started failed too"));
    const sentence = describeListenError(error, config);
    throw sentence === null ? error : new CommandError(sentence);
  }
  io.onReload(() => app.reload());
  io.out(greet(app.url, app.localToken, config));
  await stopped;
  await app.stop();
}

/** Begins to open the database, so that it opens while the rest of the server is loaded. `app.start` reports a failure. */
async function openDatabaseEarly(config: Config, log: Logger): Promise<{ database: Promise<Database> }> {
  const { openDatabase } = await import("../../store/open-database.js");
  const database = openDatabase(databaseOptions(config), toPlainLog(log));
  database.catch(() => {});
  return { database };
}

function describeListenError(error: unknown, { host, port }: Config): string | null {
  const code = errorCode(error);
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use by another program; stop it, or set PORT to another port (0 = any free port).`;
    case "EACCES":
      return `This user may not listen on port ${port}; set PORT to 1024 or higher.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST is ${host}, which is not an address of this machine (${code}).`;
    default:
      return null;
  }
}

function mlflowExports(url: string, token: string): string {
  const { origin } = new URL(url);
  return `export MLFLOW_REGISTRY_URI=${origin}/mlflow\nexport MLFLOW_TRACKING_TOKEN=${token}`;
}

function greet(url: string, token: string | undefined, { dataFolder, mlflow, ...config }: Config): string {
  const ready = `Shelfmark is ready at ${url}\n`;
  if (!token) return ready;
  const body = '{"query":"{ viewer { actor { subject } scopes } }"}';
  const curl = `curl -sS '${url}' -H 'authorization: Bearer ${token}' -H 'content-type: application/json' -d '${body}'`;
  return [
    ready,
    ...(config.console ? [`Open ${new URL(url).origin}/#token=${token}\n`] : []),
    `Local mode: this machine only, data and key in ${dataFolder}`,
    "A token with every scope but policies:override, valid for 12 hours (for others see shelfmark token --help):\n",
    `${token}\n`,
    "Try it:\n",
    `${curl}\n`,
    ...(mlflow === "off" ? [] : ["With MLflow's clients:\n", `${mlflowExports(url, token)}\n`]),
    "",
  ].join("\n");
}
