import type { Command } from "commander";
import { decodeJwt, type JWTPayload } from "jose";
import { findUnmet, textsAt } from "../../auth/claim-rules.js";
import { GROUPS_CLAIM, readGroups } from "../../auth/group-claims.js";
import type { IssuerSettings } from "../../auth/issuer-settings.js";
import { readLocalKeys } from "../../auth/local-keys.js";
import { createTrustedIssuers } from "../../auth/trusted-issuers.js";
import { readRecorded, readRights } from "../../auth/viewer-claims.js";
import { type Config, loadConfig } from "../../config/load-config.js";
import { coversRunsByVersion } from "../../domain/access/actor.js";
import { RegistryError } from "../../domain/errors.js";
import { readTokenFile } from "../client/client-token.js";
import { type CommandContext, CommandError, type CommandIo, EXIT, type ExitCode, misuse } from "../io/command-io.js";

interface ExplainOptions {
  readonly token?: string;
  readonly tokenFile?: string;
}

export function defineAuthExplain(program: Command, { io, exitWith }: CommandContext): void {
  program
    .command("auth")
    .description("inspect authentication")
    .command("explain")
    .description("show what a server with these settings makes of a token; exit with 1 if it refuses the token")
    .option("--token <token>", "the token; other users of this machine can see it")
    .option("--token-file <path>", "a file that holds the token (- for standard input)")
    .action(async (options: ExplainOptions) => exitWith(await authExplain(loadConfig(io.env), options, io)));
}

/** Prints nothing of the token's signature. */
async function authExplain(config: Config, options: ExplainOptions, io: CommandIo): Promise<ExitCode> {
  const token = await readToken(options, io);
  const issuers = await findIssuers(config);
  const claims = decode(token);
  const settings = issuers.find(({ issuer }) => issuer === claims.iss);
  io.out(`Issuer: ${JSON.stringify(claims.iss)}${settings ? "" : ", which is not trusted. Trusted are:"}\n`);
  if (!settings) for (const { issuer } of issuers) io.out(`  ${issuer}\n`);
  io.out(`Subject: ${JSON.stringify(claims.sub)}\n`);
  io.out(`Expires: ${describeTime(claims.exp)}\n`);
  try {
    if (settings) {
      printRules(settings, claims, io);
      printRights(settings, claims, io);
      printRecorded(settings, claims, io);
      printGroups(settings, claims, io);
    }
    const { actor, expiresAt } = await createTrustedIssuers(issuers, io.now).verify(token);
    const kind = actor.kind === "MACHINE" ? "program" : "person";
    io.out(`A server accepts it as a ${kind}, until ${expiresAt.toISOString()}, unless it has been revoked.\n`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    io.out(`A server refuses it: ${error.message}\n`);
    return EXIT.failed;
  }
}

async function readToken({ token, tokenFile }: ExplainOptions, io: CommandIo): Promise<string> {
  if (token !== undefined && tokenFile === undefined) return token.trim();
  if (token !== undefined || tokenFile === undefined) throw misuse("Give either --token or --token-file.");
  return tokenFile === "-" ? (await io.readStdin()).trim() : readTokenFile(tokenFile);
}

async function findIssuers({ auth, dataFolder }: Config): Promise<readonly IssuerSettings[]> {
  if (auth.mode === "issuers") return auth.issuers;
  const keys = await readLocalKeys(dataFolder);
  if (keys) return [keys.trust];
  throw new CommandError(
    `The settings name no issuer and there is no local key in ${dataFolder}, so no token is accepted.`,
  );
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw new CommandError("This is not a JWT: three parts separated by dots, the second of which is a JSON object.");
  }
}

/** The token is not verified yet, so the claim may be anything. */
function describeTime(seconds: unknown): string {
  const time = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? "not a valid time" : time.toISOString();
}

function printRules({ rules = [] }: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  for (const [index, rule] of rules.entries()) {
    const unmet = findUnmet(rule, claims);
    const outcome = unmet === null ? "met" : `not met: ${describeUnmet(unmet, rule.when[unmet] ?? [], claims)}`;
    io.out(`  rules[${index}]: ${outcome}\n`);
  }
}

function describeUnmet(path: string, wanted: readonly string[], claims: JWTPayload): string {
  const texts = textsAt(claims, path).map((text) => JSON.stringify(text));
  return `${path} is ${texts.join(", ") || "missing"} and must be ${wanted.join(" or ")}`;
}

/** A claim that is absent, or no text, number or true or false, is not recorded: it shows here, and not first in an audit. */
function printRecorded(settings: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  const { recordedClaims = {} } = readRecorded(claims, settings);
  for (const path of settings.recordClaims ?? []) {
    const value = Object.hasOwn(recordedClaims, path) ? JSON.stringify(recordedClaims[path]) : "nothing to record";
    io.out(`Recorded in events: ${path}: ${value}\n`);
  }
}

/** The last of the lines, since a claim that cannot be read ends them. */
function printGroups(settings: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  const groups = readGroups(claims, settings).map((group) => JSON.stringify(group));
  io.out(`Groups (claim ${settings.groupsClaim ?? GROUPS_CLAIM}): ${groups.join(", ") || "none"}\n`);
}

function printRights(settings: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  const { scopes, modelGlobs, experimentGlobs, environmentGlobs, left } = readRights(claims, settings);
  const byVersion = coversRunsByVersion({ modelGlobs, experimentGlobs });
  io.out(`Scopes: ${[...scopes].join(" ") || "none"}\n`);
  io.out(`Models: ${describeGlobs(modelGlobs)}\n`);
  io.out(`Experiments: ${byVersion ? "the runs of visible versions" : describeGlobs(experimentGlobs)}\n`);
  io.out(`Environments: ${describeGlobs(environmentGlobs)}\n`);
  for (const grant of left) {
    const lost = grant.scopes.filter((scope) => !scopes.has(scope)).join(" ") || "nothing";
    io.out(`Not added: ${lost} of ${grant.source}, which does not cover all of the above\n`);
  }
}

function describeGlobs(globs: readonly string[] | null): string {
  return globs ? `[${globs.join(", ")}]` : "all";
}
