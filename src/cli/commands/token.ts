import type { Command } from "commander";
import { MAX_GROUP_CHARACTERS, MAX_GROUPS } from "../../auth/group-claims.js";
import { LocalKeysError, readLocalKeys } from "../../auth/local-keys.js";
import { localSigner, mintToken, type TokenSigner } from "../../auth/mint-token.js";
import { readPrivateKey, UnusableKeyError } from "../../auth/signing-algorithms.js";
import { loadClientConfig } from "../../config/load-config.js";
import { isScope, SCOPES, type Scope } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { parseAnyLine } from "../../domain/values/text.js";
import { suggestName } from "../../util/nearest-name.js";
import { type CommandContext, CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";
import { readTextFile } from "../io/text-file.js";

interface TokenOptions {
  readonly subject: string;
  readonly scope: readonly string[];
  readonly models?: readonly string[];
  readonly experiments?: readonly string[];
  readonly environments?: readonly string[];
  readonly group?: readonly string[];
  readonly ttl: string;
  readonly name?: string;
  readonly machine?: true;
  readonly key?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

const HELP = `
The token is signed with the local key in the data folder (SHELFMARK_DATA), for servers in local mode. A site without an
identity provider signs with a key of its own (shelfmark keygen), for servers that trust it:
  shelfmark token --key private.pem --issuer https://ml.example --audience shelfmark --subject ci --scope models:read

Examples:
  shelfmark token --subject ci --scope models:read models:write
  shelfmark token --subject fraud-pipeline --machine --scope models:write stages:staging --models 'fraud*' --ttl 30d
  export SHELFMARK_TOKEN=$(shelfmark token --subject me --scope admin)

Scopes:
  ${SCOPES.slice(0, 10).join(" ")}
  ${SCOPES.slice(10).join(" ")}
`;

export function defineToken(program: Command, { io }: CommandContext): void {
  program
    .command("token")
    .description("make a token for a server in local mode, or sign one with a private key")
    .requiredOption("--subject <name>", "who the token is for")
    .requiredOption("--scope <scopes...>", "what it allows, such as models:read stages:production, or admin")
    .option("--models <globs...>", "only models whose names match, such as 'fraud*'")
    .option("--experiments <globs...>", "only experiments whose names match, and their runs")
    .option("--environments <globs...>", "only deployments in environments that match, such as 'staging-*'")
    .option("--group <names...>", "a group of the bearer; may be repeated")
    .option("--ttl <time>", "how long it is valid, such as 45s, 30m, 12h or 7d", "12h")
    .option("--name <text>", "a display name")
    .option("--machine", "it is for a program, not for a person")
    .option("--key <path>", "sign with this private key (PEM) instead of the local key")
    .option("--issuer <issuer>", "with --key: the iss claim that the servers' settings name")
    .option("--audience <audience>", "with --key: the aud claim that the servers' settings name (default: shelfmark)")
    .addHelpText("after", HELP)
    .action((options: TokenOptions) => token(options, io));
}

/** The claims that restrict a token. */
const CLAIMS = ["models", "experiments", "environments"] as const;

const MAX_DAYS = 366;
const MAX_CHARACTERS = 1024;
const DEFAULT_AUDIENCE = "shelfmark";

async function token(options: TokenOptions, io: CommandIo): Promise<void> {
  const request = {
    subject: parseOption("--subject", options.subject),
    scopes: parseScopes(options.scope),
    ttlSeconds: parseDuration("--ttl", options.ttl, MAX_DAYS),
    ...parseGlobs(options),
    ...(options.group && { groups: parseGroups(options.group) }),
    ...(options.name && { name: parseOption("--name", options.name) }),
    ...(options.machine && { kind: "MACHINE" as const }),
  };
  io.out(`${await mintToken({ ...request, signer: await findSigner(options, io), now: io.now() })}\n`);
}

function parseScopes(given: readonly string[]): readonly Scope[] {
  const words = given.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== "");
  const unknown = words.filter((word) => !isScope(word));
  if (unknown.length === 0 && words.length > 0) return [...new Set(words.filter(isScope))];
  const hint = suggestName(unknown[0] ?? "", SCOPES);
  throw misuse(`--scope is "${unknown.join(" ")}"${hint}; it must be one or more of ${SCOPES.join(" ")}.`);
}

function parseOption(option: string, text: string, max = MAX_CHARACTERS): string {
  try {
    return parseAnyLine(option, text, max);
  } catch (error) {
    throw error instanceof InvalidInputError ? misuse(error.message) : error;
  }
}

function parseGroups(given: readonly string[]): readonly string[] {
  const groups = [...new Set(given.map((group) => parseOption("--group", group, MAX_GROUP_CHARACTERS)))];
  if (groups.length <= MAX_GROUPS) return groups;
  throw misuse(`--group names ${groups.length} groups; a token may have at most ${MAX_GROUPS}.`);
}

function parseGlobs(options: TokenOptions): Pick<TokenOptions, (typeof CLAIMS)[number]> {
  const given = CLAIMS.flatMap((claim) => {
    const globs = options[claim];
    return globs ? [[claim, globs.map((glob) => parseOption(`--${claim}`, glob))]] : [];
  });
  return Object.fromEntries(given);
}

async function findSigner({ key, issuer, audience }: TokenOptions, io: CommandIo): Promise<TokenSigner> {
  if (key !== undefined) {
    if (issuer === undefined) throw misuse("--key needs --issuer: the iss claim that the servers' settings name.");
    return {
      issuer: parseOption("--issuer", issuer),
      audience: parseOption("--audience", audience ?? DEFAULT_AUDIENCE),
      ...(await readKey(key)),
    };
  }
  if (issuer !== undefined || audience !== undefined) throw misuse("--issuer and --audience need --key.");
  const { dataFolder } = loadClientConfig(io.env);
  const keys = await readLocalKeys(dataFolder);
  if (keys) return localSigner(keys);
  throw new LocalKeysError(
    `There is no local key in ${dataFolder}; start the server there once (shelfmark serve), or set SHELFMARK_DATA to its data folder.`,
  );
}

async function readKey(path: string): Promise<Pick<TokenSigner, "privateKey" | "algorithm">> {
  const pem = await readTextFile({ path, name: "The key file" });
  try {
    const { key: privateKey, algorithm } = readPrivateKey(pem);
    return { privateKey, algorithm };
  } catch (error) {
    if (!(error instanceof UnusableKeyError)) throw error;
    throw new CommandError(`The key in ${path} cannot be used: ${error.message}.`);
  }
}
