import { readFileSync } from "node:fs";
import { Command } from "commander";
import { loadConfig } from "../config/load-config.js";
import type { WatchCommandOptions } from "./client/watch-session.js";
import type { RangeOptions, VerifyCommandOptions } from "./commands/audit.js";
import type { ExplainOptions } from "./commands/auth-explain.js";
import type { CompactOptions } from "./commands/events-compact.js";
import { KEYGEN_ALGORITHMS, type KeygenOptions } from "./commands/keygen-algorithms.js";
import type { QueryOptions } from "./commands/query.js";
import type { TokenOptions } from "./commands/token.js";
import { type CommandIo, type ExitCode, misuse } from "./io/command-io.js";
import { PROGRAM_HELP, QUERY_HELP, TOKEN_HELP, WATCH_HELP } from "./io/help.js";

const HELP_WIDTH = 110;

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

function addServerCommands(program: Command, io: CommandIo, exit: { code: ExitCode }): void {
  program
    .command("serve", { isDefault: true })
    .description("run the server until it is asked to stop (what happens without a command)")
    .allowExcessArguments()
    .action(async (_options: object, { args: [extra] }: Command) => {
      if (extra !== undefined) throw misuse(`There is no command "${extra}"; see shelfmark --help.`);
      const config = loadConfig(io.env);
      const { serve } = await import("./commands/serve.js");
      await serve(config, io);
    });
  program
    .command("migrate")
    .description("bring the database up to date; the server does so too when it starts")
    .option("--check", "change nothing; exit 1 when migrations are pending")
    .action(async (options: { check?: true }) => {
      const config = loadConfig(io.env);
      const { migrate } = await import("./commands/migrate.js");
      exit.code = await migrate(config, { isCheck: options.check ?? false }, io);
    });
}

function addEventCommands(program: Command, io: CommandIo): void {
  const events = program.command("events").description("look after the log of events");
  events
    .command("compact")
    .description("take old events out of the log; streams cannot begin before them any more")
    .requiredOption("--keep <time>", "how far back the log is to reach: 12h, 30d")
    .option("--accept-earlier", "sign also for what left the log under an earlier version, or under another key")
    .action(async (options: CompactOptions) => {
      const config = loadConfig(io.env);
      const { compactEvents } = await import("./commands/events-compact.js");
      await compactEvents(config, options, io);
    });
}

function addAuditCommands(program: Command, io: CommandIo, exit: { code: ExitCode }): void {
  const audit = program.command("audit").description("prove that the log is what was written");
  const FROM = ["--from <revision>", "the first revision (the first that the log holds)"] as const;
  const TO = ["--to <revision>", "the last revision (the newest)"] as const;
  audit
    .command("verify")
    .description("walk the hash chain; name the first row that was altered, removed or swapped, and exit with 1")
    .option(...FROM)
    .option(...TO)
    .option("--key <path>", "the public key of the checkpoints (that of SHELFMARK_AUDIT_KEY or of the data folder)")
    .option("--checkpoints <path>", "checkpoints that were kept elsewhere (checkpoints.jsonl in the data folder)")
    .option("--file <path>", "an export, in place of the database")
    .action(async (options: VerifyCommandOptions) => {
      const { auditVerify } = await import("./commands/audit.js");
      exit.code = await auditVerify(loadConfig(io.env), options, io);
    });
  audit
    .command("export")
    .description("write the log as JSON lines, from which the chain can be verified")
    .option(...FROM)
    .option(...TO)
    .option("--out <path>", "a file (standard output)")
    .action(async (options: RangeOptions & { out?: string }) => {
      const { auditExport } = await import("./commands/audit.js");
      await auditExport(loadConfig(io.env), options, io);
    });
  audit
    .command("key")
    .description("print the public half of the key that signs checkpoints")
    .action(async () => {
      const { auditKey } = await import("./commands/audit.js");
      await auditKey(loadConfig(io.env), io);
    });
}

function addAuthCommands(program: Command, io: CommandIo, exit: { code: ExitCode }): void {
  program
    .command("keygen")
    .description("make a key pair for a site that has no identity provider")
    .option("--out <path>", "where the private key goes, readable for its owner alone", "shelfmark-private.pem")
    .option("--alg <algorithm>", `${KEYGEN_ALGORITHMS.join(", ")}`, KEYGEN_ALGORITHMS[0])
    .action(async (options: KeygenOptions) => {
      const { keygen } = await import("./commands/keygen.js");
      await keygen(options, io);
    });
  program
    .command("auth")
    .description("look into who may do what")
    .command("explain")
    .description(
      "say what a server with this configuration would make of a token, without asking one; exit 1 if refused",
    )
    .option("--token <token>", "the token (which other users of this machine may see; better:)")
    .option("--token-file <path>", "a file that holds it (- for standard input)")
    .action(async (options: ExplainOptions) => {
      const { authExplain } = await import("./commands/auth-explain.js");
      exit.code = await authExplain(loadConfig(io.env), options, io);
    });
}

function addClientCommands(program: Command, io: CommandIo, exit: { code: ExitCode }): void {
  program
    .command("token")
    .description("make a token for a server in local mode, or with a key of the site's own")
    .requiredOption("--subject <name>", "who the token speaks for")
    .requiredOption("--scope <scopes...>", "what it may do, such as models:read stages:production, or admin")
    .option("--models <globs...>", "only models whose names match, such as 'fraud*'")
    .option("--experiments <globs...>", "only experiments, and their runs, whose names match")
    .option("--environments <globs...>", "only deployments in environments that match, such as 'staging-*'")
    .option("--ttl <time>", "how long it holds: 45s, 30m, 12h, 7d", "12h")
    .option("--name <text>", "a name for people to read")
    .option("--machine", "it speaks for a program, not for a person")
    .option("--key <path>", "sign with this private key (PEM), in place of the local one")
    .option("--issuer <issuer>", "with --key: the iss claim, as the server's settings name it")
    .option("--audience <audience>", "with --key: the aud claim (shelfmark)")
    .addHelpText("after", TOKEN_HELP)
    .action(async (options: TokenOptions) => {
      const { token } = await import("./commands/token.js");
      await token(options, io);
    });
  program
    .command("operations")
    .description("print the documents that watch and the client module send, for SHELFMARK_OPERATIONS")
    .action(async () => {
      const { operations } = await import("./commands/operations.js");
      operations(io);
    });
  program
    .command("schema")
    .description("print the GraphQL schema (SDL)")
    .action(async () => {
      const { schema } = await import("./commands/schema.js");
      schema(io);
    });
  program
    .command("query")
    .description("send a query or a mutation, for scripts: any error ends it with an exit code that is not 0")
    .option("-f, --file <path>", "the document, from a file (- for standard input)")
    .option("-e, --execute <text>", "the document, as text")
    .option("-v, --variable <key=value>", "a variable; may come many times", collect)
    .option("-o, --operation <name>", "which operation, when the document holds several")
    .option("--url <url>", "the server's address (SHELFMARK_URL)")
    .option("--token <token>", "the bearer token (SHELFMARK_TOKEN, which other users of this machine cannot see)")
    .addHelpText("after", QUERY_HELP)
    .action(async (options: QueryOptions) => {
      const { query } = await import("./commands/query.js");
      exit.code = await query(options, io);
    });
}

function addWatchCommand(program: Command, io: CommandIo): void {
  program
    .command("watch")
    .description("run a command for what stands on a stage or under an alias, or for each change, and miss none")
    .option("--reconcile", "once for each model, for what stands there now and whenever that changes; needs no memory")
    .option("--model <globs...>", "only models whose names match, such as 'fraud*'")
    .option("--stage <stage>", "with --reconcile: who stands on this stage")
    .option("--alias <names...>", "with --reconcile: what this alias points to; else changes of these aliases")
    .option("--from <stages...>", "changes from one of these stages")
    .option("--to <stages...>", "changes to one of these stages")
    .option("--exec <command>", "what to run: a line for the shell, told by environment and standard input")
    .option(
      "--exec-timeout <duration>",
      "how long it may run, such as 10m: then it is ended, and has failed (no limit)",
    )
    .option("--json", "print what is told as JSON, one a line")
    .option("--once", "end after the first change")
    .option("--since <time>", "begin with the first change at this time or later, where no cursor is kept yet")
    .option("--cursor-file <path>", "where the place in the log is kept (.shelfmark-watch-….json)")
    .option("--on-failure <what>", "retry (with back-off), stop or skip, when the command fails (retry)")
    .option("--report <environment>", "tell the registry what runs there now (reportDeployment)")
    .option("--endpoint <name>", "the endpoint to report (the model's name)")
    .option("--url <url>", "the server's address (SHELFMARK_URL)")
    .option("--token <token>", "the bearer token (SHELFMARK_TOKEN, which other users of this machine cannot see)")
    .option("--token-file <path>", "a file that holds the token, read at each connection")
    .option("--token-command <command>", "a command that prints the token, run at each connection")
    .addHelpText("after", WATCH_HELP)
    .action(async (options: WatchCommandOptions) => {
      const { watchRegistry } = await import("./commands/watch.js");
      await watchRegistry(options, io);
    });
}

/** The command line. Commands load what they need when they run, so that `query` starts without a database library. */
export function buildProgram(io: CommandIo, exit: { code: ExitCode }): Command {
  const program = new Command("shelfmark")
    .description("A model registry that speaks GraphQL.")
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => HELP_WIDTH })
    .showHelpAfterError("(see shelfmark --help)")
    .addHelpText("after", PROGRAM_HELP);
  addServerCommands(program, io, exit);
  addEventCommands(program, io);
  addAuditCommands(program, io, exit);
  addAuthCommands(program, io, exit);
  addClientCommands(program, io, exit);
  addWatchCommand(program, io);
  return program;
}
