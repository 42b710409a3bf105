import { createHmac, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import { createTrustedIssuers } from "../../src/auth/trusted-issuers.js";
import { parseAuthFile } from "../../src/config/auth-file.js";
import { loadConfig } from "../../src/config/load-config.js";
import {
  base64url,
  CLAIMS,
  ec,
  NOW,
  otherEc,
  outcome,
  pemOf,
  rsa,
  SECONDS,
  settings,
  sign,
  verifier,
} from "../auth/token-fixture.js";

/** A server that a token may point to, and that must never get a request. */
let requests = 0;
const lure = createServer((_request, response) => {
  requests++;
  response.end(JSON.stringify({ keys: [{ ...otherEc.publicKey.export({ format: "jwk" }), kid: "lure" }] }));
});
let lureUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => lure.listen(0, "127.0.0.1", resolve));
  lureUrl = `http://127.0.0.1:${(lure.address() as AddressInfo).port}/jwks`;
});
afterAll(() => void lure.close());

const REFUSED = /^UNAUTHENTICATED: /;
const refused = async (token: string, by = verifier) => expect(await outcome(token, by)).toMatch(REFUSED);
const jwk = (pair: typeof ec) => pair.publicKey.export({ format: "jwk" });
const unsigned = (header: object, claims: object = CLAIMS, signature = "") =>
  `${base64url(header)}.${base64url(claims)}.${signature}`;

/** RFC 8725, section 3, each practice by its title. Requirements for issuers are tested with `shelfmark token`. */
const PRACTICES: Record<string, () => Promise<void>> = {
  "3.1 Perform Algorithm Verification: none, in any spelling": async () => {
    for (const alg of ["none", "None", "nOnE", ""]) await refused(unsigned({ alg }));
  },
  "3.1 Perform Algorithm Verification: a public key as a shared secret": async () => {
    for (const secret of [pemOf(ec.publicKey), JSON.stringify(jwk(ec))]) {
      const body = `${base64url({ alg: "HS256" })}.${base64url(CLAIMS)}`;
      await refused(`${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`);
    }
  },
  "3.1 Perform Algorithm Verification: each key with its own algorithm only": async () => {
    const lenient = createTokenVerifier({ ...settings, algorithms: ["ES256", "RS256", "PS256"] });
    await refused(await sign(CLAIMS, { alg: "RS256" }, rsa.privateKey), lenient);
  },
  "3.2 Use Appropriate Algorithms: HS* cannot be configured": async () => {
    const { SHELFMARK_JWT_ALGORITHMS: _, ...one } = {
      SHELFMARK_JWT_PUBLIC_KEY: pemOf(ec.publicKey),
      SHELFMARK_JWT_ISSUER: "i",
      SHELFMARK_JWT_AUDIENCE: "a",
      SHELFMARK_JWT_ALGORITHMS: "",
    };
    expect(() => loadConfig({ ...one, SHELFMARK_JWT_ALGORITHMS: "HS256" })).toThrow(/never HS\*/);
    const issuer = { issuer: "i", audience: "a", publicKey: pemOf(ec.publicKey) };
    for (const alg of ["HS256", "none", "RSA-OAEP"]) {
      const file = JSON.stringify({ issuers: [{ ...issuer, algorithms: [alg] }] });
      expect(() => parseAuthFile(file)).toThrow(/algorithms\[0\] is/);
    }
  },
  "3.3 Validate All Cryptographic Operations: a nested token does not count as its inner token": async () => {
    const inner = await sign(CLAIMS);
    await refused(await sign(inner, { cty: "JWT" }, otherEc.privateKey));
    await refused(await sign(JSON.stringify(inner), { cty: "JWT" }));
  },
  "3.4 Validate Cryptographic Inputs: a signature of zeros, or of the order of the curve": async () => {
    const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    for (const half of [Buffer.alloc(32), order]) {
      await refused(unsigned({ alg: "ES256" }, CLAIMS, Buffer.concat([half, half]).toString("base64url")));
    }
    await refused(unsigned({ alg: "ES256" }, CLAIMS, Buffer.alloc(70, 1).toString("base64url")));
  },
  "3.5 Ensure Cryptographic Keys Have Sufficient Entropy: RSA keys below 2048 bits are refused": async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const file = { issuers: [{ issuer: "i", audience: "a", publicKey: pemOf(publicKey) }] };
    expect(() => parseAuthFile(JSON.stringify(file))).toThrow(
      /RSA key of 1024 bits, and at least 2048 bits are required/,
    );
  },
  "3.6 Avoid Compression of Encryption Inputs: compressed and encrypted tokens are refused": async () => {
    await refused(
      await sign(CLAIMS, { zip: "DEF", crit: ["zip"] } as never).catch(() =>
        unsigned({ alg: "ES256", zip: "DEF", crit: ["zip"] }),
      ),
    );
    await refused(`${base64url({ alg: "dir", enc: "A256GCM", zip: "DEF" })}..AAAA.AAAA.AAAA`);
  },
  "3.7 Use UTF-8: other encodings are refused": async () => {
    const latin1 = Buffer.from('{"sub":"\xe9"}', "latin1").toString("base64url");
    await refused(`${base64url({ alg: "ES256" })}.${latin1}.AAAA`);
  },
  "3.8 Validate Issuer and Subject: the issuer's keys, and no others, for each issuer": async () => {
    const other = { ...settings, issuer: "https://other.example", keys: { publicKey: pemOf(otherEc.publicKey) } };
    const both = createTrustedIssuers([settings, other], () => NOW);
    await refused(await sign({ ...CLAIMS, iss: other.issuer }), both);
    await refused(await sign(CLAIMS, {}, otherEc.privateKey), both);
    await refused(await sign({ ...CLAIMS, iss: "https://third.example" }), both);
    await refused(await sign({ ...CLAIMS, sub: "" }));
    expect(await outcome(await sign({ ...CLAIMS, iss: other.issuer }, {}, otherEc.privateKey), both)).toBe("ok");
  },
  "3.9 Use and Validate Audience: another audience and a missing one are refused": async () => {
    for (const aud of ["mlflow", ["mlflow"], "", [], `${settings.audience} `, settings.audience.toUpperCase()]) {
      await refused(await sign({ ...CLAIMS, aud }));
    }
    const { aud: _, ...none } = CLAIMS;
    await refused(await sign(none));
  },
  "3.10 Do Not Trust Received Claims: kid is only a name, whatever it contains": async () => {
    const remote = createTokenVerifier({ ...settings, keys: { jwksUrl: new URL(lureUrl) } });
    for (const kid of ["../../../../dev/null", "' OR 1=1 --", "lure\u0000", "http://127.0.0.1:1/", "__proto__"]) {
      await refused(await sign(CLAIMS, { kid }), remote);
      expect(await outcome(await sign(CLAIMS, { kid }))).toBe("ok");
    }
  },
  "3.10 Do Not Trust Received Claims: jku, x5u, jwk and x5c of the token are ignored": async () => {
    const before = requests;
    for (const header of [{ jku: lureUrl, kid: "lure" }, { x5u: lureUrl }, { jwk: jwk(otherEc) }, { x5c: ["AAAA"] }]) {
      await refused(await sign(CLAIMS, header as never, otherEc.privateKey));
    }
    expect(requests).toBe(before);
  },
  "3.11 Use Explicit Typing: tokens of another type are refused": async () => {
    for (const typ of ["dpop+jwt", "secevent+jwt", "logout+jwt", "id+jwt"]) await refused(await sign(CLAIMS, { typ }));
    const strict = createTokenVerifier({ ...settings, types: ["at+jwt"] });
    expect(await outcome(await sign(CLAIMS, { typ: "at+JWT" }), strict)).toBe("ok");
    expect(await outcome(await sign(CLAIMS, { typ: "JWT" }), strict)).toMatch(/typ header must be at\+jwt/);
  },
  "3.12 Use Mutually Exclusive Validation Rules for Different Kinds of JWTs: by typ, audience and issuer": async () => {
    const people = { ...settings, types: ["at+jwt"], audience: "shelfmark-people" };
    const by = createTrustedIssuers([people], () => NOW);
    await refused(await sign({ ...CLAIMS, aud: "shelfmark" }, { typ: "at+jwt" }), by);
    await refused(await sign({ ...CLAIMS, aud: "shelfmark-people" }, { typ: "JWT" }), by);
  },
};

describe("RFC 8725", () => {
  test.each(Object.entries(PRACTICES))("%s", async (_title, attack) => attack());

  test("beyond the practices: clocks at the exact limits, huge tokens, duplicate claims", async () => {
    const outcomeOf = async (claims: object) => outcome(await sign({ ...CLAIMS, ...claims }));
    expect([await outcomeOf({ exp: SECONDS - 29 }), await outcomeOf({ nbf: SECONDS + 30 })]).toEqual(["ok", "ok"]);
    expect(
      [await outcomeOf({ exp: SECONDS - 30 }), await outcomeOf({ nbf: SECONDS + 31 })].every((each) =>
        REFUSED.test(each),
      ),
    ).toBe(true);
    await refused(await sign({ ...CLAIMS, filler: "x".repeat(20_000) }));
    // the last one counts, for the verification and for the rights (ECMA-404 does not specify it)
    const twice = JSON.stringify(CLAIMS).replace(/}$/, ',"sub":"eve","aud":"mlflow"}');
    await refused(await sign(twice));
  });
});
