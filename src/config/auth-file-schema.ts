import { z } from "zod";
import type { IssuerSettings } from "../auth/issuer-settings.js";
import { unfoldPem } from "../auth/pem.js";
import {
  readPublicKey,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  UnusableKeyError,
} from "../auth/signing-algorithms.js";
import { actorKey } from "../domain/access/actor.js";
import { SCOPES } from "../domain/access/scopes.js";
import { suggestName } from "../util/nearest-name.js";
import { isDiscoverable, isLine, jwksUrlRule, LINE_RULE, parseJwksUrl } from "./value-rules.js";

const MAX_ISSUERS = 100;
const MAX_RULES = 1_000;
const MAX_PEOPLE = 10_000;
const MAX_IDENTITIES = 20;
/** Each is in every event of the issuer's tokens, for ever. */
const MAX_RECORDED = 10;
const MAX_PATH = 100;

/** The rules of variables start with "it must be …". Here the place in the file takes the place of "it". */
function predicateOf(rule: string): string {
  return rule.replace(/^it /, "");
}

const line = z.string("must be a text").refine(isLine, predicateOf(LINE_RULE));
const lines = z.array(line, "must be a list of texts").readonly();

/** Accepts a text or a list of texts, and gives a list. */
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
    const allowed = names.join(", ");
    ctx.addIssue({ code: "custom", message: `is "${text}"${suggestName(text, names)}; it must be one of ${allowed}` });
    return z.NEVER;
  });
}

const claimValue = z.preprocess(
  (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
  line,
);

/** A record drops this name silently. The rule would then apply to more tokens than its text says. */
const LOST_NAME = "__proto__";

const when = z
  .unknown()
  .refine(
    (given) => typeof given !== "object" || given === null || !Object.hasOwn(given, LOST_NAME),
    `must not name ${LOST_NAME}`,
  )
  .pipe(z.record(line, listOf(claimValue), "must name claims, each with a glob or a list of globs"))
  .refine(
    (given) => Object.keys(given).length > 0,
    "must name at least one claim: a rule may not apply to every token",
  );

const claimPath = line
  .refine((path) => path.length <= MAX_PATH, `must be at most ${MAX_PATH} characters`)
  .refine((path) => path !== LOST_NAME, `must not be ${LOST_NAME}`);

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
  ctx.addIssue({ code: "custom", message: predicateOf(jwksUrlRule(text)) });
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
      groupsClaim: line.optional(),
      recordClaims: listOf(claimPath)
        .refine((paths) => paths.length <= MAX_RECORDED, `must name at most ${MAX_RECORDED} claims`)
        .optional(),
      kind: nameOf(["user", "machine"]).optional(),
      rules: z.array(rule, "must be a list of rules").max(MAX_RULES, `must have at most ${MAX_RULES} rules`).optional(),
    },
    "must be an object with issuer, audience and a key",
  )
  .transform((given, ctx): IssuerSettings => {
    const { publicKey: key, jwksUrl: url } = given;
    if (key !== undefined && url !== undefined) {
      ctx.addIssue({ code: "custom", message: "must have either jwksUrl or publicKey" });
      return z.NEVER;
    }
    if (key === undefined && url === undefined && !isDiscoverable(given.issuer)) {
      const message =
        "must have jwksUrl or publicKey, because its issuer is no https:// URL that has a discovery document";
      ctx.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const matching: readonly SigningAlgorithm[] = key?.algorithms ?? SIGNING_ALGORITHMS;
    const algorithms = matching.filter((name) => given.algorithms?.includes(name) ?? true);
    if (algorithms.length === 0) {
      ctx.addIssue({ code: "custom", path: ["algorithms"], message: `must name one of ${matching.join(", ")}` });
      return z.NEVER;
    }
    return {
      issuer: given.issuer,
      audience: given.audience,
      algorithms,
      keys: key ? { publicKey: key.pem } : url ? { jwksUrl: url } : { discoverFrom: given.issuer },
      types: given.typ,
      scopeClaims: given.scopeClaims,
      nameClaim: given.nameClaim,
      groupsClaim: given.groupsClaim,
      recordClaims: given.recordClaims && [...new Set(given.recordClaims)],
      kind: given.kind && (given.kind === "machine" ? "MACHINE" : "USER"),
      rules: given.rules,
    };
  });

const identity = z.strictObject(
  { issuer: line, subject: line },
  "must be an object with issuer and subject, as tokens name them",
);

const person = z
  .array(identity, "must be a list of identities of one person")
  .min(2, "must name at least two identities: one that is not named is a person of its own")
  .max(MAX_IDENTITIES, `must name at most ${MAX_IDENTITIES} identities`);

/** The content of the file. */
export const authFile = z
  .strictObject(
    {
      issuers: z
        .array(issuer, "must be a list of issuers")
        .min(1, "must have at least one issuer")
        .max(MAX_ISSUERS, `must have at most ${MAX_ISSUERS} issuers`)
        .superRefine((issuers, ctx) => {
          for (const [index, { issuer: name }] of issuers.entries()) {
            if (issuers.findIndex((other) => other.issuer === name) === index) continue;
            ctx.addIssue({ code: "custom", path: [index, "issuer"], message: "is the issuer of another entry too" });
          }
        }),
      people: z
        .array(person, "must be a list of people")
        .max(MAX_PEOPLE, `must have at most ${MAX_PEOPLE} people`)
        .default([])
        .superRefine((people, ctx) => {
          const named = new Set<string>();
          for (const [index, identities] of people.entries()) {
            for (const [place, { issuer: of, subject }] of identities.entries()) {
              const key = actorKey({ issuer: of, subject });
              if (named.has(key)) ctx.addIssue({ code: "custom", path: [index, place], message: "is named twice" });
              named.add(key);
            }
          }
        }),
    },
    "must be an object with a list of issuers",
  )
  .superRefine(({ issuers, people }, ctx) => {
    const names = issuers.map(({ issuer: name }) => name);
    for (const [index, identities] of people.entries()) {
      for (const [place, { issuer: of }] of identities.entries()) {
        if (names.includes(of)) continue;
        const message = `is of no issuer in this file${suggestName(of, names)}`;
        ctx.addIssue({ code: "custom", path: ["people", index, place, "issuer"], message });
      }
    }
  });

export type AuthFile = z.output<typeof authFile>;

/** The keys of every object in the file. */
export const AUTH_FILE_KEYS: readonly string[] = [
  ...Object.keys(authFile.shape),
  ...Object.keys(issuer.in.shape),
  ...Object.keys(rule.in.shape),
  ...Object.keys(identity.shape),
];
