import { readFileSync } from "node:fs";
import { Command } from "commander";
import { defineAudit } from "./audit/audit.js";
import { defineAuthExplain } from "./commands/auth-explain.js";
import { defineEventsCompact } from "./commands/events-compact.js";
import { defineKeygen } from "./commands/keygen.js";
import { defineLogin } from "./commands/login.js";
import { defineLogout } from "./commands/logout.js";
import { defineMigrate } from "./commands/migrate.js";
import { defineOperations } from "./commands/operations.js";
import { definePolicy } from "./commands/policy.js";
import { defineQuery } from "./commands/query.js";
import { defineSchema } from "./commands/schema.js";
import { defineServe } from "./commands/serve.js";
import { defineToken } from "./commands/token.js";
import { defineWatch } from "./commands/watch.js";
import type { CommandContext } from "./io/command-io.js";
import { PROGRAM_HELP } from "./program-help.js";

const HELP_WIDTH = 110;

/** In the order of `shelfmark --help`. */
const DEFINITIONS = [
  defineServe,
  defineMigrate,
  defineEventsCompact,
  defineAudit,
  defineKeygen,
  defineAuthExplain,
  defineToken,
  defineOperations,
  defineSchema,
  defineLogin,
  defineLogout,
  defineQuery,
  definePolicy,
  defineWatch,
];

/**
 * The command line. Each file of commands/ defines one command: its flags, its help and what it does. Commands import heavy
 * libraries when they run, so that `query` starts without a database library.
 */
export function buildProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command("shelfmark")
    .description("A model registry with a GraphQL API.")
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => HELP_WIDTH })
    .showHelpAfterError("(see shelfmark --help)")
    .addHelpText("after", PROGRAM_HELP);
  for (const define of DEFINITIONS) define(program, context);
  return program;
}

function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
