import { readFile } from "node:fs/promises";
import { LocalKeysError, readLocalKeys } from "../../auth/local-keys.js";
import { localSigner, mintToken, type TokenSigner } from "../../auth/mint-token.js";
import { readPrivateKey, UnusableKeyError } from "../../auth/signing-algorithms.js";
import { loadClientConfig } from "../../config/load-config.js";
import { isScope, SCOPES, type Scope } from "../../domain/access/scopes.js";
import { InvalidInputError } from "../../domain/errors.js";
import { parseLine } from "../../domain/values/text.js";
import { suggestName } from "../../util/nearest-name.js";
import { CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { parseDuration } from "../io/duration.js";

export interface TokenOptions {
  readonly subject: string;
  readonly scope: readonly string[];
  readonly models?: readonly string[];
  readonly experiments?: readonly string[];
  readonly environments?: readonly string[];
  readonly ttl: string;
  readonly name?: string;
  readonly machine?: true;
  readonly key?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

/** The claims that narrow a token. */
const CLAIMS = ["models", "experiments", "environments"] as const;

const LONGEST_DAYS = 366;

function parseScopes(given: readonly string[]): readonly Scope[] {
  const words = given.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== "");
  const unknown = words.filter((word) => !isScope(word));
  if (unknown.length === 0 && words.length > 0) return [...new Set(words.filter(isScope))];
  const hint = suggestName(unknown[0] ?? "", SCOPES);
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

const DEFAULT_AUDIENCE = "shelfmark";

async function findSigner({ key, issuer, audience }: TokenOptions, io: CommandIo): Promise<TokenSigner> {
  if (key !== undefined) {
    if (issuer === undefined) throw misuse("--key needs --issuer: the name by which servers trust the key.");
    const named = {
      issuer: parseOption("--issuer", issuer),
      audience: parseOption("--audience", audience ?? DEFAULT_AUDIENCE),
    };
    return { ...named, ...(await readKey(key)) };
  }
  if (issuer !== undefined || audience !== undefined) throw misuse("--issuer and --audience go with --key.");
  const { dataFolder } = loadClientConfig(io.env);
  const keys = await readLocalKeys(dataFolder);
  if (keys) return localSigner(keys);
  throw new LocalKeysError(
    `There is no local key in ${dataFolder}; start the server there once (shelfmark serve), or set SHELFMARK_DATA to its data folder.`,
  );
}

async function readKey(path: string): Promise<Pick<TokenSigner, "privateKey" | "algorithm">> {
  try {
    const { key: privateKey, algorithm } = readPrivateKey(await readFile(path, "utf8"));
    return { privateKey, algorithm };
  } catch (error) {
    if (error instanceof UnusableKeyError)
      throw new CommandError(`The key in ${path} cannot be used: ${error.message}.`);
    throw new CommandError(`The key file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Prints a token: for a server in local mode on the same data folder, or for servers that trust the key. */
export async function token(options: TokenOptions, io: CommandIo): Promise<void> {
  const request = {
    subject: parseOption("--subject", options.subject),
    scopes: parseScopes(options.scope),
    ttlSeconds: parseDuration("--ttl", options.ttl, LONGEST_DAYS),
    ...parseGlobs(options),
    ...(options.name && { name: parseOption("--name", options.name) }),
    ...(options.machine && { kind: "MACHINE" as const }),
  };
  io.out(`${await mintToken({ ...request, signer: await findSigner(options, io), now: io.now() })}\n`);
}
