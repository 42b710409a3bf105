import { decodeJwt, type JWTPayload } from "jose";
import { findUnmet, textsAt } from "../../auth/claim-rules.js";
import type { IssuerSettings } from "../../auth/issuer-settings.js";
import { readLocalKeys } from "../../auth/local-keys.js";
import { createTrustedIssuers } from "../../auth/trusted-issuers.js";
import { readRights } from "../../auth/viewer-claims.js";
import type { Config } from "../../config/load-config.js";
import { coversRunsByVersion } from "../../domain/access/actor.js";
import { RegistryError } from "../../domain/errors.js";
import { readTokenFile } from "../client/client-token.js";
import { CommandError, type CommandIo, EXIT, type ExitCode, misuse } from "../io/command-io.js";

export interface ExplainOptions {
  readonly token?: string;
  readonly tokenFile?: string;
}

async function readToken({ token, tokenFile }: ExplainOptions, io: CommandIo): Promise<string> {
  if ((token === undefined) === (tokenFile === undefined)) throw misuse("Give one of --token and --token-file.");
  if (token !== undefined) return token.trim();
  if (tokenFile === "-") return (await io.readStdin()).trim();
  return readTokenFile(tokenFile ?? "");
}

async function findIssuers({ auth, dataFolder }: Config): Promise<readonly IssuerSettings[]> {
  if (auth.mode === "issuers") return auth.issuers;
  const keys = await readLocalKeys(dataFolder);
  if (keys) return [keys.trust];
  throw new CommandError(`There is no issuer in the settings and no local key in ${dataFolder}, so no token is taken.`);
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw new CommandError("This is no JWT: three parts with dots between them, of which the second is a JSON object.");
  }
}

const globsOf = (globs: readonly string[] | null) => (globs ? `[${globs.join(", ")}]` : "all");

/** The token is not verified yet, so this may be anything. */
function timeOf(seconds: unknown): string {
  const time = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? "no time that can be read" : time.toISOString();
}

function tellRules({ rules = [] }: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  for (const [index, rule] of rules.entries()) {
    const unmet = findUnmet(rule, claims);
    const texts = unmet === null ? [] : textsAt(claims, unmet);
    const found = texts.length > 0 ? `is ${texts.map((text) => JSON.stringify(text)).join(", ")}` : "is not there";
    const wanted = rule.when[unmet ?? ""]?.join(" or ");
    io.out(
      `  rules[${index}]: ${unmet === null ? "met" : `not met, since ${unmet} ${found}, and ${wanted} is wanted`}\n`,
    );
  }
}

function tellRights(settings: IssuerSettings, claims: JWTPayload, io: CommandIo): void {
  const { scopes, modelGlobs, experimentGlobs, environmentGlobs, left } = readRights(claims, settings);
  io.out(`Scopes: ${[...scopes].join(" ") || "none"}\n`);
  const byVersion = coversRunsByVersion({ modelGlobs, experimentGlobs });
  io.out(`Models: ${globsOf(modelGlobs)}\n`);
  io.out(`Experiments: ${byVersion ? "the runs of visible versions" : globsOf(experimentGlobs)}\n`);
  io.out(`Environments: ${globsOf(environmentGlobs)}\n`);
  for (const grant of left) {
    const lost = grant.scopes.filter((scope) => !scopes.has(scope));
    io.out(`Not added: ${lost.join(" ") || "nothing"} of ${grant.source}, which does not cover all of the above\n`);
  }
}

/** Says what a server of this configuration would make of a token. Nothing of the token's signature is printed. */
export async function authExplain(config: Config, options: ExplainOptions, io: CommandIo): Promise<ExitCode> {
  const token = await readToken(options, io);
  const issuers = await findIssuers(config);
  const claims = decode(token);
  const settings = issuers.find(({ issuer }) => issuer === claims.iss);
  io.out(`Issuer: ${JSON.stringify(claims.iss)}${settings ? "" : ", which is none of those trusted here:"}\n`);
  if (!settings) for (const { issuer } of issuers) io.out(`  ${issuer}\n`);
  io.out(`Subject: ${JSON.stringify(claims.sub)}\n`);
  io.out(`Expires: ${timeOf(claims.exp)}\n`);
  try {
    if (settings) {
      tellRules(settings, claims, io);
      tellRights(settings, claims, io);
    }
    const { actor, expiresAt } = await createTrustedIssuers(issuers, io.now).verify(token);
    const kind = actor.kind === "MACHINE" ? "program" : "person";
    io.out(`A server takes it, as a ${kind}, until ${expiresAt.toISOString()}, unless it has been revoked.\n`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    io.out(`A server refuses it: ${error.message}\n`);
    return EXIT.failed;
  }
}
