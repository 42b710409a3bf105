import { beforeEach, expect, test } from "vitest";
import { createTokenVerifier, type RememberingVerifier, type TokenVerifier } from "../../src/auth/token-verifier.js";
import { rememberVerified } from "../../src/auth/verified-tokens.js";
import { CLAIMS, NOW, otherEc, outcome, SECONDS, settings, sign } from "./token-fixture.js";

let elapsedMs: number;
let verifications: number;
let verifier: RememberingVerifier;
beforeEach(() => {
  elapsedMs = 0;
  verifications = 0;
  const now = () => new Date(NOW.getTime() + elapsedMs);
  const each = createTokenVerifier({ ...settings, now });
  verifier = rememberVerified(counting(each.verify), now);
});

function counting(verify: TokenVerifier["verify"]): TokenVerifier {
  return {
    verify(token) {
      verifications++;
      return verify(token);
    },
  };
}

test("a token's signature is verified once a minute", async () => {
  const token = await sign(CLAIMS);
  const viewers = [await verifier.verify(token), await verifier.verify(token)];
  expect([viewers[0] === viewers[1], verifications]).toEqual([true, 1]);
  elapsedMs = 59_999;
  await verifier.verify(token);
  expect(verifications).toBe(1);
  elapsedMs = 60_000;
  await verifier.verify(token);
  expect(verifications).toBe(2);
});

test("expiry takes effect at once, and so does a clock that was set back before the token is valid", async () => {
  const brief = await sign({ ...CLAIMS, nbf: SECONDS, exp: SECONDS + 5 });
  expect(await outcome(brief, verifier)).toBe("ok");
  elapsedMs = 5_000 + 30_000;
  expect(await outcome(brief, verifier)).toBe("UNAUTHENTICATED: The token has expired.");
  elapsedMs = -31_000;
  expect(await outcome(brief, verifier)).toBe("UNAUTHENTICATED: The token is not valid yet.");
});

test("a refused token is verified again, and so are the same claims under another signature", async () => {
  const token = await sign(CLAIMS);
  await verifier.verify(token);
  const forged = await sign(CLAIMS, {}, otherEc.privateKey);
  expect(forged.split(".").slice(0, 2)).toEqual(token.split(".").slice(0, 2));
  for (const count of [2, 3]) {
    expect(await outcome(forged, verifier)).toMatch(/^UNAUTHENTICATED: The token's signature does not match/);
    expect(verifications).toBe(count);
  }
});

test("a token is recalled only after it was verified, while that is remembered and the token is valid", async () => {
  const token = await sign({ ...CLAIMS, nbf: SECONDS, exp: SECONDS + 5 });
  expect(verifier.recall(token)).toBeNull();
  const viewer = await verifier.verify(token);
  const forged = await sign({ ...CLAIMS, nbf: SECONDS, exp: SECONDS + 5 }, {}, otherEc.privateKey);
  expect([verifier.recall(token) === viewer, verifier.recall(forged)]).toEqual([true, null]);
  elapsedMs = 5_000;
  expect(verifier.recall(token)).toBeNull();
  elapsedMs = -1;
  expect(verifier.recall(token)).toBeNull();
  expect(verifications).toBe(1);
});

test("at most ten thousand tokens are remembered", async () => {
  const viewer = await createTokenVerifier(settings).verify(await sign(CLAIMS));
  const remembering = rememberVerified(
    counting(async () => viewer),
    () => NOW,
  );
  for (let i = 0; i <= 10_000; i++) await remembering.verify(String(i));
  for (const [token, count] of [
    ["10000", 10_001],
    ["1", 10_001],
    ["0", 10_002],
  ] as const) {
    await remembering.verify(token);
    expect(verifications).toBe(count);
  }
});
