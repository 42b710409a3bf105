import type { IssuerSettings } from "../auth/issuer-settings.js";
import { unfoldPem } from "../auth/pem.js";
import {
  readPublicKey,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  UnusableKeyError,
} from "../auth/signing-algorithms.js";
import { isLoopbackHost } from "../util/network/loopback.js";
import { AuthFileError, readAuthFile } from "./auth-file.js";
import type { AuthFile } from "./auth-file-schema.js";
import type { Environment } from "./environment.js";
import { showValue } from "./shown-value.js";
import { isDiscoverable } from "./value-rules.js";

export type AuthSettings =
  | { readonly mode: "local" }
  | {
      readonly mode: "issuers";
      readonly issuers: readonly IssuerSettings[];
      /** The file of the issuers, which is read again when it changes; null = the issuer is set by variables. */
      readonly file: string | null;
      /** For each person that the file names, the identities. */
      readonly people: AuthFile["people"];
    };

const KEY_VARIABLES = "SHELFMARK_JWKS_URL, SHELFMARK_JWT_PUBLIC_KEY or SHELFMARK_AUTH_FILE";
/** What a key needs beside it, with the claim that each variable is compared with. */
const NEEDED_WITH_KEY: Readonly<Record<string, string>> = {
  SHELFMARK_JWT_ISSUER: "iss",
  SHELFMARK_JWT_AUDIENCE: "aud",
};
const BESIDE_KEY = [...Object.keys(NEEDED_WITH_KEY), "SHELFMARK_JWT_ALGORITHMS", "SHELFMARK_JWT_GROUPS_CLAIM"];
const ISSUER_VARIABLES = ["SHELFMARK_JWKS_URL", "SHELFMARK_JWT_PUBLIC_KEY", ...BESIDE_KEY];

interface ReadFile {
  readonly content: AuthFile | null;
  /** Mistakes in the file, which are reported with those of the variables. */
  readonly problems: readonly string[];
}

/** The issuers of the file, if one is set. It replaces the variables of a single issuer. */
export function readIssuersFile(given: Environment): ReadFile {
  const path = given.SHELFMARK_AUTH_FILE;
  if (!path) return { content: null, problems: [] };
  const beside = ISSUER_VARIABLES.filter((name) => given[name]);
  const problems = beside.map(
    (name) => `${name} is set together with SHELFMARK_AUTH_FILE; put that issuer into the file.`,
  );
  try {
    return { content: readAuthFile(path), problems };
  } catch (error) {
    if (!(error instanceof AuthFileError)) throw error;
    const inFile = error.problems.map((problem) => `SHELFMARK_AUTH_FILE ${JSON.stringify(path)}: ${problem}`);
    return { content: null, problems: [...problems, ...inFile] };
  }
}

function checkPublicKey(given: Environment, algorithms: readonly SigningAlgorithm[] | undefined): string[] {
  if (!given.SHELFMARK_JWT_PUBLIC_KEY) return [];
  try {
    const key = readPublicKey(unfoldPem(given.SHELFMARK_JWT_PUBLIC_KEY));
    if (!algorithms || algorithms.some((name) => key.algorithms.includes(name))) return [];
    const fitting = key.algorithms.join(", ");
    return [
      `SHELFMARK_JWT_ALGORITHMS is ${algorithms.join(", ")}, which does not match the key in SHELFMARK_JWT_PUBLIC_KEY; it must name at least one of ${fitting}.`,
    ];
  } catch (error) {
    if (!(error instanceof UnusableKeyError)) throw error;
    return [
      `SHELFMARK_JWT_PUBLIC_KEY cannot be used: ${error.message}. It must be a public key in PEM, RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519.`,
    ];
  }
}

/** The values that are valid by themselves. */
interface ValidValues {
  readonly host: string | undefined;
  readonly algorithms: readonly SigningAlgorithm[] | undefined;
}

/** Mistakes in how the variables of authentication are combined. Also found when one of the values is not valid. */
export function checkAuthTogether(given: Environment, valid: ValidValues): string[] {
  if (given.SHELFMARK_AUTH_FILE) return [];
  const problems: string[] = [];
  const hasKey =
    Boolean(given.SHELFMARK_JWKS_URL ?? given.SHELFMARK_JWT_PUBLIC_KEY) ||
    isDiscoverable(given.SHELFMARK_JWT_ISSUER ?? "");
  if (given.SHELFMARK_JWKS_URL && given.SHELFMARK_JWT_PUBLIC_KEY) {
    problems.push(
      "SHELFMARK_JWKS_URL and SHELFMARK_JWT_PUBLIC_KEY are both set; set the one that your tokens are signed with.",
    );
  }
  for (const name of BESIDE_KEY) {
    const claim = NEEDED_WITH_KEY[name];
    if (hasKey && claim !== undefined && !given[name]) {
      problems.push(`${name} is not set; with a key it must hold the ${claim} claim that tokens must have.`);
    }
    if (!hasKey && given[name]) {
      problems.push(`${name} is set without a key; set ${KEY_VARIABLES} too, or unset ${name} for local mode.`);
    }
  }
  const { host, algorithms } = valid;
  if (!hasKey && host && !isLoopbackHost(host)) {
    problems.push(
      `HOST is ${showValue("HOST", host)}, but without a key the server is in local mode, which listens on this machine only; set ${KEY_VARIABLES}, or set HOST to 127.0.0.1, ::1 or localhost.`,
    );
  }
  return [...problems, ...checkPublicKey(given, algorithms)];
}

export interface AuthValues {
  readonly SHELFMARK_AUTH_FILE?: string | undefined;
  readonly SHELFMARK_JWKS_URL?: URL | undefined;
  readonly SHELFMARK_JWT_PUBLIC_KEY?: string | undefined;
  readonly SHELFMARK_JWT_ISSUER?: string | undefined;
  readonly SHELFMARK_JWT_AUDIENCE?: string | undefined;
  readonly SHELFMARK_JWT_ALGORITHMS?: readonly SigningAlgorithm[] | undefined;
  readonly SHELFMARK_JWT_GROUPS_CLAIM?: string | undefined;
}

/** The settings of values that are valid by themselves and together. */
export function toAuthSettings(values: AuthValues, content: ReadFile["content"]): AuthSettings {
  const file = values.SHELFMARK_AUTH_FILE;
  if (file && content) return { mode: "issuers", ...content, file };
  const { SHELFMARK_JWT_ISSUER: issuer = "", SHELFMARK_JWT_AUDIENCE: audience = "" } = values;
  const { SHELFMARK_JWT_GROUPS_CLAIM: groupsClaim } = values;
  const oneIssuer = (settings: Pick<IssuerSettings, "algorithms" | "keys">): AuthSettings => ({
    mode: "issuers",
    issuers: Object.freeze([Object.freeze({ issuer, audience, ...settings, ...(groupsClaim && { groupsClaim }) })]),
    file: null,
    people: [],
  });
  const chosen = values.SHELFMARK_JWT_ALGORITHMS ?? SIGNING_ALGORITHMS;
  if (values.SHELFMARK_JWKS_URL) {
    return oneIssuer({ algorithms: chosen, keys: Object.freeze({ jwksUrl: values.SHELFMARK_JWKS_URL }) });
  }
  if (values.SHELFMARK_JWT_PUBLIC_KEY) {
    const publicKey = unfoldPem(values.SHELFMARK_JWT_PUBLIC_KEY);
    const fitting = readPublicKey(publicKey).algorithms;
    const algorithms = chosen.filter((name) => fitting.includes(name));
    return oneIssuer({ algorithms, keys: Object.freeze({ publicKey }) });
  }
  return isDiscoverable(issuer)
    ? oneIssuer({ algorithms: chosen, keys: Object.freeze({ discoverFrom: issuer }) })
    : { mode: "local" };
}
