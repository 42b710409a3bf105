import { LocalKeysError, readLocalKeys } from "../auth/local-keys.js";
import { mintToken } from "../auth/mint-token.js";
import { nearestName } from "../config/nearest-name.js";
import { loadClientConfig } from "../config.js";
import { InvalidInputError } from "../domain/errors.js";
import { isScope, SCOPES, type Scope } from "../domain/policy.js";
import { parseLine } from "../domain/text.js";
import { type CommandIo, misuse } from "./command-io.js";
import { parseDuration } from "./duration.js";

export interface TokenOptions {
  readonly subject: string;
  readonly scope: readonly string[];
  readonly models?: readonly string[];
  readonly experiments?: readonly string[];
  readonly environments?: readonly string[];
  readonly ttl: string;
  readonly name?: string;
  readonly machine?: true;
}

/** The claims that narrow a token. */
const CLAIMS = ["models", "experiments", "environments"] as const;

const LONGEST_DAYS = 366;

function parseScopes(given: readonly string[]): readonly Scope[] {
  const words = given.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== "");
  const unknown = words.filter((word) => !isScope(word));
  if (unknown.length === 0 && words.length > 0) return [...new Set(words.filter(isScope))];
  const near = nearestName(unknown[0] ?? "", SCOPES);
  const hint = near ? ` (did you mean ${near}?)` : "";
  throw misuse(`--scope holds "${unknown.join(" ")}"${hint}; it must hold names out of ${SCOPES.join(" ")}.`);
}

function parseOption(option: string, text: string): string {
  try {
    return parseLine(option, text, 1024);
  } catch (error) {
    throw error instanceof InvalidInputError ? misuse(error.message) : error;
  }
}

function parseGlobs(options: TokenOptions): Pick<TokenOptions, (typeof CLAIMS)[number]> {
  const given = CLAIMS.flatMap((claim) => {
    const globs = options[claim];
    return globs ? [[claim, globs.map((glob) => parseOption(`--${claim}`, glob))]] : [];
  });
  return Object.fromEntries(given);
}

/** Prints a token that a server in local mode on the same data folder takes. */
export async function token(options: TokenOptions, io: CommandIo): Promise<void> {
  const request = {
    subject: parseOption("--subject", options.subject),
    scopes: parseScopes(options.scope),
    ttlSeconds: parseDuration("--ttl", options.ttl, LONGEST_DAYS),
    ...parseGlobs(options),
    ...(options.name && { name: parseOption("--name", options.name) }),
    ...(options.machine && { kind: "MACHINE" as const }),
  };
  const { dataFolder } = loadClientConfig(io.env);
  const keys = await readLocalKeys(dataFolder);
  if (!keys) {
    throw new LocalKeysError(
      `There is no local key in ${dataFolder}; start the server there once (shelfmark serve), or set SHELFMARK_DATA to its data folder.`,
    );
  }
  io.out(`${await mintToken({ ...request, keys, now: io.now() })}\n`);
}
