import type { Command } from "commander";
import { isHistoryGone, ModelRenamedError, ShelfmarkError } from "../../client/errors.js";
import { readClientConfig, TOKEN_OPTION, URL_OPTION } from "../client/client-config.js";
import { tokenSource } from "../client/client-token.js";
import { DeploymentReporter } from "../client/deployment-reporter.js";
import type { ExecCommand } from "../client/exec-command.js";
import { prepareChanges } from "../client/watch-changes.js";
import { prepareReconcile } from "../client/watch-reconcile.js";
import type { WatchCommandOptions, WatchSession } from "../client/watch-session.js";
import { type CommandContext, CommandError, type CommandIo, note } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";

const HELP = `
With --reconcile the command runs for the version that is at the place, and again for each later version. It gets
SHELFMARK_MODEL, SHELFMARK_VERSION, SHELFMARK_DIGEST, SHELFMARK_SOURCE (requires the scope artifacts:read), and
SHELFMARK_STAGE or SHELFMARK_ALIAS; standard input holds the same as JSON. A run that fails is repeated, for the version
that is at the place by then. Models do not wait for each other. No state is stored: start it anew at any time.
A --model without * means the model that has the name when it is first read: the watch stops when that model is
renamed or another one has its name.

Without --reconcile the command runs once for each change, in order. It gets SHELFMARK_MODEL, SHELFMARK_VERSION,
SHELFMARK_FROM, SHELFMARK_TO, SHELFMARK_CURSOR and, with --alias, SHELFMARK_ALIAS, but no SHELFMARK_SOURCE; standard
input holds the event as JSON. The cursor is stored after each successful run. So after a crash the watch continues with
the change that it was working on, which may then run twice.

Examples:
  shelfmark watch --reconcile --model 'fraud*' --stage PRODUCTION --exec ./deploy.sh
  shelfmark watch --reconcile --alias champion --exec ./deploy.sh --report prod-eu
  shelfmark watch --model 'fraud*' --to PRODUCTION --exec ./deploy.sh
  shelfmark watch --to PRODUCTION --json
`;

export function defineWatch(program: Command, { io }: CommandContext): void {
  program
    .command("watch")
    .description("run a command for the version on a stage or under an alias, or for each change")
    .option("--reconcile", "run for the version that is at the place now, and for each later one; stores no state")
    .option("--model <globs...>", "only models whose names match, such as 'fraud*'")
    .option("--stage <stage>", "with --reconcile: the stage to follow")
    .option("--alias <names...>", "with --reconcile: the alias to follow; without: changes of these aliases")
    .option("--from <stages...>", "only changes from one of these stages")
    .option("--to <stages...>", "only changes to one of these stages")
    .option("--exec <command>", "shell command to run; its input is in the environment and on standard input")
    .option(
      "--exec-timeout <time>",
      "kill the command after this time, such as 10m; it has then failed (default: no limit)",
    )
    .option("--json", "print each version or change as a line of JSON")
    .option("--once", "stop after the first change")
    .option("--since <time>", "start with the first change at this time or later, if no cursor is stored yet")
    .option("--cursor-file <path>", "file that stores the position in the log (default: .shelfmark-watch-….json)")
    .option("--on-failure <action>", "if the command fails: retry (with back-off), stop or skip (default: retry)")
    .option("--report <environment>", "report to the registry what runs in this environment (reportDeployment)")
    .option("--endpoint <name>", "endpoint in the report (default: the model's name)")
    .option(...URL_OPTION)
    .option(...TOKEN_OPTION)
    .option("--token-file <path>", "file that holds the token; read at each connection")
    .option("--token-command <command>", "shell command that prints the token; run at each connection")
    .addHelpText("after", HELP)
    .action((options: WatchCommandOptions) => watchRegistry(options, io));
}

const MAX_DAYS = 7;

async function watchRegistry(options: WatchCommandOptions, io: CommandIo): Promise<void> {
  const client = readClientConfig(options, io);
  const connection = { url: client.url, token: tokenSource(options, client, io) };
  const { report, endpoint } = options;
  const stopping = new AbortController();
  const session: WatchSession = {
    connection,
    options,
    exec: toExecCommand(options, io),
    reporter: report === undefined ? null : new DeploymentReporter(connection, report, endpoint),
    signal: stopping.signal,
    stop: () => stopping.abort(),
    out: (line) => io.out(`${line}\n`),
    note: (sentence) => note(io, sentence),
  };
  const start = options.reconcile ? prepareReconcile(session) : prepareChanges(session);
  void io.untilStopped().then(session.stop);
  try {
    await start();
  } catch (error) {
    if (error instanceof ModelRenamedError) throw new CommandError(error.message);
    throw error instanceof ShelfmarkError ? new CommandError(describeRefusal(error)) : error;
  }
}

function toExecCommand({ exec, execTimeout }: WatchCommandOptions, { env }: CommandIo): ExecCommand | null {
  const timeoutMs =
    execTimeout === undefined ? undefined : parseDuration("--exec-timeout", execTimeout, MAX_DAYS) * 1_000;
  return exec === undefined ? null : { command: exec, inherited: env, timeoutMs };
}

function describeRefusal(error: ShelfmarkError): string {
  const hint = isHistoryGone(error)
    ? " The changes since then are unknown. Check your deployments, then start again without the cursor file and without an old --since."
    : "";
  return `${error.code}: ${error.message}${hint}`;
}
