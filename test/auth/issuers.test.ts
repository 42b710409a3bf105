import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IssuerSettings } from "../../src/auth/issuer-settings.js";
import { createTrustedIssuers, type TrustedIssuers } from "../../src/auth/trusted-issuers.js";
import { parseAuthFile } from "../../src/config/auth-file.js";
import { block } from "../docs/blocks.js";
import { NOW, pemOf, SECONDS, sign } from "./token-fixture.js";

const EXAMPLE = block("src/auth/README.md", "issuers.yaml");

/** What the documented job requests a token for. */
const JOB = block("src/client/README.md", "release.yaml");
const AUDIENCE = /&audience=([^"]+)"/.exec(JOB)?.[1];
const ENVIRONMENT = /^ +environment: (.+)$/m.exec(JOB)?.[1];

/** Real issuers publish RS256 keys under an id. Here each issuer has its own key, which this machine serves as a JWKS. */
const keys = new Map<string, { privateKey: KeyObject; publicKey: KeyObject }>();
let fetched = 0;
const server = createServer((request, response) => {
  fetched++;
  const issuer = decodeURIComponent(request.url?.slice(1) ?? "");
  const jwk = keys.get(issuer)?.publicKey.export({ format: "jwk" });
  response
    .setHeader("content-type", "application/json")
    .end(JSON.stringify({ keys: [{ ...jwk, kid: "key-1", use: "sig" }] }));
});
let issuers: readonly IssuerSettings[];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  issuers = parseAuthFile(EXAMPLE).issuers.map((settings) => {
    keys.set(settings.issuer, generateKeyPairSync("rsa", { modulusLength: 2048 }));
    return {
      ...settings,
      keys: { jwksUrl: new URL(`http://127.0.0.1:${port}/${encodeURIComponent(settings.issuer)}`) },
    };
  });
});
afterAll(() => void server.close());

const TIMES = { iat: SECONDS - 10, nbf: SECONDS - 10, exp: SECONDS + 300 };

const KEYCLOAK = {
  iss: "https://id.example/realms/ml",
  aud: ["shelfmark", "account"],
  sub: "f:1:ada",
  typ: "Bearer",
  azp: "web",
  preferred_username: "ada",
  groups: ["/ml/readers"],
  scope: "openid email profile",
  acr: "1",
  sid: "s-1",
  realm_access: { roles: ["default-roles-ml", "offline_access"] },
};
const AUTH0 = {
  iss: "https://acme.eu.auth0.com/",
  sub: "kL0client@clients",
  azp: "kL0client",
  gty: "client-credentials",
  aud: "https://shelfmark.example",
  scope: "models:delete",
  permissions: ["models:read", "models:write"],
};
const TENANT = "11111111-2222-3333-4444-555555555555";
const ENTRA = {
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  aud: "api://shelfmark",
  tid: TENANT,
  ver: "2.0",
  azp: "0b5a1d9c",
  azpacr: "1",
  idtyp: "app",
  oid: "8c1f",
  sub: "8c1f",
  roles: ["models:read", "deployments:write"],
};
const GITHUB = {
  iss: "https://token.actions.githubusercontent.com",
  aud: AUDIENCE,
  jti: "a-b-c",
  sub: "repo:acme/fraud:ref:refs/heads/main",
  repository: "acme/fraud",
  repository_owner: "acme",
  actor: "ada",
  ref: "refs/heads/main",
  ref_type: "branch",
  ref_protected: "true",
  workflow: "train",
  event_name: "push",
  run_id: "4711",
  run_attempt: "1",
  job_workflow_ref: "acme/fraud/.github/workflows/train.yml@refs/heads/main",
};
const GITLAB = {
  iss: "https://gitlab.example",
  aud: "https://shelfmark.example",
  jti: "d-e-f",
  pipeline_id: "1",
  job_id: "2",
  sub: "project_path:acme/ml/fraud:ref_type:branch:ref:main",
  namespace_path: "acme/ml",
  project_path: "acme/ml/fraud",
  ref: "main",
  ref_type: "branch",
  ref_protected: "true",
  user_login: "ada",
};
const KUBERNETES = {
  iss: "https://kubernetes.default.svc.cluster.local",
  aud: ["shelfmark"],
  jti: "g-h-i",
  sub: "system:serviceaccount:serving:deployer",
  "kubernetes.io": {
    namespace: "serving",
    node: { name: "node-1", uid: "n" },
    pod: { name: "deployer-0", uid: "p" },
    serviceaccount: { name: "deployer", uid: "s" },
  },
};

async function verified(trusted: TrustedIssuers, claims: { iss: unknown }, signer = String(claims.iss)) {
  const key = keys.get(signer)?.privateKey as KeyObject;
  return trusted.verify(await sign({ ...TIMES, ...claims }, { alg: "RS256", kid: "key-1", typ: "JWT" }, key));
}

async function describeOutcome(
  claims: { iss: string },
  more: Record<string, unknown> = {},
  signer = claims.iss,
): Promise<string> {
  try {
    const trusted = createTrustedIssuers(issuers, () => NOW);
    const viewer = await verified(trusted, { ...claims, ...more }, signer);
    const { actor, scopes, modelGlobs, experimentGlobs, environmentGlobs } = viewer;
    const globs = [modelGlobs, experimentGlobs, environmentGlobs].map((each) => (each ? `[${each}]` : "all")).join(" ");
    return `${actor.kind} ${actor.subject} (${actor.name}): ${[...scopes].join(" ") || "nothing"} on ${globs}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("the documented file of issuers, with tokens of the real shape", () => {
  test.each<[string, { iss: string }, Record<string, unknown>, string]>([
    ["Keycloak: a group", KEYCLOAK, {}, "USER f:1:ada (ada): models:read runs:read on all all all"],
    [
      "Keycloak: a realm role",
      KEYCLOAK,
      { realm_access: { roles: ["registry-admin"] }, groups: [] },
      "USER f:1:ada (ada): admin on all all all",
    ],
    ["Keycloak: neither", KEYCLOAK, { groups: ["/ml/readers/no"] }, "USER f:1:ada (ada): nothing on all all all"],
    [
      "Auth0: permissions, not the scopes that the client requested",
      AUTH0,
      {},
      "MACHINE kL0client@clients (null): models:read models:write on all all all",
    ],
    ["Entra: app roles", ENTRA, {}, "MACHINE 8c1f (0b5a1d9c): models:read deployments:write on all all all"],
    [
      "GitHub Actions: main",
      GITHUB,
      {},
      "MACHINE repo:acme/fraud:ref:refs/heads/main (ada): models:read models:write aliases:write runs:read runs:write on [fraud*] [fraud/*] all",
    ],
    [
      "GitHub Actions: the documented job, on main in its environment",
      GITHUB,
      { sub: `repo:acme/fraud:environment:${ENVIRONMENT}`, environment: ENVIRONMENT },
      "MACHINE repo:acme/fraud:environment:production (ada): models:read models:write aliases:write runs:read runs:write stages:production stages:archived on [fraud*] [fraud/*] all",
    ],
    [
      "GitHub Actions: the environment, off main",
      GITHUB,
      { sub: "repo:acme/fraud:environment:production", environment: "production", ref: "refs/tags/v1" },
      "MACHINE repo:acme/fraud:environment:production (ada): models:read models:write stages:production stages:archived on [fraud*] [fraud/*] all",
    ],
    [
      "GitHub Actions: a pull request from a fork",
      GITHUB,
      { sub: "repo:acme/fraud:pull_request", ref: "refs/pull/7/merge", event_name: "pull_request" },
      "MACHINE repo:acme/fraud:pull_request (ada): nothing on all all all",
    ],
    [
      "GitHub Actions: another owner's repository",
      GITHUB,
      { repository: "acme/fraud-fork", sub: "repo:acme/fraud-fork:ref:refs/heads/main" },
      "MACHINE repo:acme/fraud-fork:ref:refs/heads/main (ada): nothing on all all all",
    ],
    [
      "GitLab CI: a protected branch",
      GITLAB,
      {},
      "MACHINE project_path:acme/ml/fraud:ref_type:branch:ref:main (ada): models:read models:write runs:read runs:write on all all all",
    ],
    [
      "GitLab CI: a branch that anyone may push to",
      GITLAB,
      { ref_protected: "false" },
      "MACHINE project_path:acme/ml/fraud:ref_type:branch:ref:main (ada): nothing on all all all",
    ],
    [
      "Kubernetes: the service account",
      KUBERNETES,
      {},
      "MACHINE system:serviceaccount:serving:deployer (null): models:read artifacts:read deployments:write on all all [prod-eu]",
    ],
    [
      "Kubernetes: another service account of the namespace",
      KUBERNETES,
      { "kubernetes.io": { namespace: "serving", serviceaccount: { name: "default" } } },
      "MACHINE system:serviceaccount:serving:deployer (null): nothing on all all all",
    ],
    [
      "a token for another audience",
      KUBERNETES,
      { aud: ["https://kubernetes.default.svc.cluster.local"] },
      "The token is meant for another audience.",
    ],
  ])("%s", async (_name, claims, more, expected) => {
    expect(await describeOutcome(claims, more)).toBe(expected);
  });
});

describe("issuers are kept apart", () => {
  test("a token of one issuer, signed with another's key under the same key id, is refused", async () => {
    expect(await describeOutcome(GITHUB, {}, GITLAB.iss)).toBe(
      "The token's signature does not match the issuer's key.",
    );
  });

  test.each(["https://gitlab.example/", "https://GITLAB.example", "gitlab.example", "", "__proto__", "constructor"])(
    "%j is not trusted",
    async (iss) => {
      expect(await describeOutcome(GITLAB, { iss }, GITLAB.iss)).toBe(
        "The token is from an issuer that is not trusted here.",
      );
    },
  );

  test.each([[["https://gitlab.example"]], [null], [7]])("the issuer %j is refused", async (iss) => {
    expect(await describeOutcome(GITLAB, { iss }, GITLAB.iss)).toMatch(/issuer that is not trusted|iss claim/);
  });

  test("a condition on a built-in property such as constructor.name is never met", async () => {
    const {
      issuers: [settings],
    } = parseAuthFile(
      JSON.stringify({
        issuers: [
          {
            issuer: "i",
            audience: "a",
            publicKey: pemOf(generateKeyPairSync("ed25519").publicKey),
            rules: [
              { when: { "constructor.name": "*" }, scopes: ["admin"] },
              { when: { "toString.length": "0" }, scopes: ["admin"] },
              { when: { "groups.length": "1" }, scopes: ["admin"] },
            ],
          },
        ],
      }),
    );
    const { readRights } = await import("../../src/auth/viewer-claims.js");
    expect(readRights({ groups: ["x"] }, settings ?? {}).scopes.size).toBe(0);
  });

  test("new settings apply at once, viewers of old settings are detected, and keys are not fetched again", async () => {
    const trusted = createTrustedIssuers(issuers, () => NOW);
    const [first, ...rest] = issuers;
    if (!first) throw new Error("There is no issuer.");
    const [github, keycloak] = await Promise.all([verified(trusted, GITHUB), verified(trusted, KEYCLOAK)]);
    const fetches = fetched;
    const current = () => [trusted.isCurrent(github), trusted.isCurrent(keycloak)];
    trusted.replace(issuers.map((settings) => ({ ...settings })));
    expect(current(), "the same settings").toEqual([true, true]);
    expect(github.recordedClaims, "the claims that the document records").toEqual({ actor: "ada", run_id: "4711" });
    trusted.replace([{ ...first, recordClaims: ["sid"] }, ...rest]);
    expect(current(), "other claims to record for Keycloak").toEqual([true, false]);
    expect((await verified(trusted, KEYCLOAK)).recordedClaims).toEqual({ sid: "s-1" });
    expect(keycloak.groups).toEqual(["/ml/readers"]);
    trusted.replace([{ ...first, groupsClaim: "realm_access.roles" }, ...rest]);
    expect(current(), "another claim of groups for Keycloak").toEqual([true, false]);
    expect((await verified(trusted, KEYCLOAK)).groups).toEqual(["default-roles-ml", "offline_access"]);
    trusted.replace([{ ...first, rules: [] }, ...rest]);
    expect(current(), "other rules for Keycloak").toEqual([true, false]);
    expect((await verified(trusted, KEYCLOAK)).scopes.size).toBe(0);
    trusted.replace(rest);
    expect(current(), "no Keycloak").toEqual([true, false]);
    expect(trusted.isCurrent({ ...keycloak }), "a viewer that was not verified here").toBe(false);
    await expect(verified(trusted, KEYCLOAK)).rejects.toThrow("issuer that is not trusted here");
    expect(fetched).toBe(fetches);
  });
});
