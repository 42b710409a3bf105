import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { IssuerSettings } from "../auth/issuer-settings.js";
import {
  readPublicKey,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  UnusableKeyError,
} from "../auth/signing-algorithms.js";
import { unfoldPem } from "../auth/pem.js";
import { SCOPES } from "../domain/access/scopes.js";
import { nearestName } from "../util/nearest-name.js";
import { MistakesError } from "./mistakes.js";
import { isLine, JWKS_URL_RULE, LINE_RULE, parseJwksUrl } from "./variables.js";

const MAX_ISSUERS = 100;
const MAX_RULES = 1_000;

/** The file of issuers holds mistakes; each is a sentence that begins with its place in the file. */
export class AuthFileError extends MistakesError {
  override readonly name = "AuthFileError";
}

/** The rules of variables say "it must be …"; here the place in the file stands before them. */
function predicateOf(rule: string): string {
  return rule.replace(/^it /, "");
}

const line = z.string("must be a text").refine(isLine, predicateOf(LINE_RULE));
const lines = z.array(line, "must be a list of texts").readonly();

/** A text or a list of them, as a list. */
function listOf<T>(type: z.ZodType<T>) {
  const toList = (value: unknown) => (value === undefined || Array.isArray(value) ? value : [value]);
  return z.preprocess(
    toList,
    z.array(type, "must be a text or a list of texts").min(1, "must not be empty").readonly(),
  );
}

function nameOf<const T extends readonly string[]>(names: T) {
  return z.string("must be a text").transform((text, ctx): T[number] => {
    const name = names.find((known) => known === text);
    if (name !== undefined) return name;
    const near = nearestName(text, names);
    const hint = near ? ` (did you mean ${near}?)` : "";
    ctx.addIssue({ code: "custom", message: `is "${text}"${hint}; it must be one of ${names.join(", ")}` });
    return z.NEVER;
  });
}

const claimValue = z.preprocess(
  (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
  line,
);

/** A record leaves this name out without a word, and the rule would hold for more tokens than it says. */
const LOST_NAME = "__proto__";

const when = z
  .unknown()
  .refine(
    (given) => typeof given !== "object" || given === null || !Object.hasOwn(given, LOST_NAME),
    `must not name ${LOST_NAME}`,
  )
  .pipe(z.record(line, listOf(claimValue), "must name claims, each with a glob or a list of globs"))
  .refine((given) => Object.keys(given).length > 0, "must name a claim: a rule for every token is none");

const rule = z
  .strictObject(
    {
      when,
      scopes: listOf(nameOf(SCOPES)),
      models: lines.optional(),
      experiments: lines.optional(),
      environments: lines.optional(),
    },
    "must be an object with when and scopes",
  )
  .transform(({ when, scopes, models = null, experiments = null, environments = null }) => {
    return { when, scopes, modelGlobs: models, experimentGlobs: experiments, environmentGlobs: environments };
  });

const jwksUrl = z.string("must be a text").transform((text, ctx) => {
  const url = parseJwksUrl(text);
  if (url) return url;
  ctx.addIssue({ code: "custom", message: predicateOf(JWKS_URL_RULE) });
  return z.NEVER;
});

const publicKey = z.string("must be a text").transform((text, ctx) => {
  try {
    const pem = unfoldPem(text);
    return { pem, algorithms: readPublicKey(pem).algorithms };
  } catch (error) {
    if (!(error instanceof UnusableKeyError)) throw error;
    ctx.addIssue({ code: "custom", message: `cannot be used: ${error.message}` });
    return z.NEVER;
  }
});

const issuer = z
  .strictObject(
    {
      issuer: line,
      audience: listOf(line),
      jwksUrl: jwksUrl.optional(),
      publicKey: publicKey.optional(),
      algorithms: listOf(nameOf(SIGNING_ALGORITHMS)).optional(),
      typ: listOf(line.transform((text) => text.toLowerCase())).optional(),
      scopeClaims: listOf(line).optional(),
      nameClaim: line.optional(),
      kind: nameOf(["user", "machine"]).optional(),
      rules: z.array(rule, "must be a list of rules").max(MAX_RULES, `must have ${MAX_RULES} rules at most`).optional(),
    },
    "must be an object with issuer, audience and a key",
  )
  .transform((given, ctx): IssuerSettings => {
    const { publicKey: key, jwksUrl: url } = given;
    if ((key === undefined) === (url === undefined)) {
      ctx.addIssue({ code: "custom", message: "must have either jwksUrl or publicKey" });
      return z.NEVER;
    }
    const fitting: readonly SigningAlgorithm[] = key?.algorithms ?? SIGNING_ALGORITHMS;
    const algorithms = fitting.filter((name) => given.algorithms?.includes(name) ?? true);
    if (algorithms.length === 0) {
      ctx.addIssue({ code: "custom", path: ["algorithms"], message: `must name one of ${fitting.join(", ")}` });
      return z.NEVER;
    }
    return {
      ...{ issuer: given.issuer, audience: given.audience, algorithms },
      keys: key ? { publicKey: key.pem } : { jwksUrl: url as URL },
      ...{ types: given.typ, scopeClaims: given.scopeClaims, nameClaim: given.nameClaim, rules: given.rules },
      kind: given.kind && (given.kind === "machine" ? "MACHINE" : "USER"),
    };
  });

const file = z.strictObject(
  {
    issuers: z
      .array(issuer, "must be a list of issuers")
      .min(1, "must name an issuer")
      .max(MAX_ISSUERS, `must name ${MAX_ISSUERS} issuers at most`)
      .superRefine((issuers, ctx) => {
        for (const [index, { issuer: name }] of issuers.entries()) {
          if (issuers.findIndex((other) => other.issuer === name) === index) continue;
          ctx.addIssue({ code: "custom", path: [index, "issuer"], message: "is there twice" });
        }
      }),
  },
  "must be an object with a list of issuers",
);

const MAX_BYTES = 1024 * 1024;

/** Reads the file of issuers; throws an AuthFileError with all of its mistakes. */
export function readAuthFile(path: string): readonly IssuerSettings[] {
  return parseAuthFile(readAuthText(path));
}

export function readAuthText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AuthFileError([`it cannot be read (${(error as NodeJS.ErrnoException).code}).`]);
  }
  if (text.length > MAX_BYTES) throw new AuthFileError([`it is longer than ${MAX_BYTES} characters.`]);
  return text;
}

/** The issuers of a file's text, YAML or JSON; throws an AuthFileError with all of its mistakes. */
export function parseAuthFile(text: string): readonly IssuerSettings[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  if (document.errors.length > 0) {
    const where = (offset: number) => counter.linePos(offset);
    throw new AuthFileError(
      document.errors.map(({ message, pos }) => `line ${where(pos[0]).line}, column ${where(pos[0]).col}: ${message}`),
    );
  }
  let given: unknown;
  try {
    given = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new AuthFileError([(error as Error).message]);
  }
  const result = file.safeParse(given);
  if (!result.success) throw new AuthFileError(result.error.issues.map((issue) => sentenceOf(issue, given)));
  return result.data.issuers;
}

const KNOWN_KEYS: readonly string[] = ["issuers", ...Object.keys(issuer.in.shape), ...Object.keys(rule.in.shape)];

function sentenceOf(issue: z.core.$ZodIssue, given: unknown): string {
  const place = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  const where = place.replace(/^\./, "") || "the file";
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const near = nearestName(key, KNOWN_KEYS);
    return `${where} has the unknown key ${JSON.stringify(key)}${near ? `; did you mean ${near}?` : "."}`;
  }
  const value = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    given,
  );
  const isKey = typeof issue.path.at(-1) === "string";
  return isKey && value === undefined ? `${where} is missing.` : `${where} ${issue.message}.`;
}
