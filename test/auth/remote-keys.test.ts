import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWK } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRemoteKeys } from "../../src/auth/remote-keys.js";
import { createTokenVerifier, type TokenVerifier } from "../../src/auth/token-verifier.js";
import { CLAIMS, ec, NOW, otherEc, outcome, rsa, settings, sign } from "./token-fixture.js";

const MINUTE = 60_000;
const UNREACHABLE = "UNAVAILABLE: The token cannot be verified now: its issuer's keys cannot be fetched. Try again.";
const UNKNOWN = "UNAUTHENTICATED: The token is signed with a key that the issuer does not list.";

let issuer: Server;
let keys: JWK[];
let answer: "keys" | "error" | "garbage" | "redirect" | "endless" | "stalled";
let sent: number;
let fetches: number;
let elapsed: number;
let verifier: TokenVerifier;

async function toJwk(key: KeyObject, extra: JWK = {}): Promise<JWK> {
  return { ...(await exportJWK(key)), ...extra };
}

beforeEach(async () => {
  keys = [await toJwk(ec.publicKey, { kid: "one" })];
  answer = "keys";
  fetches = 0;
  sent = 0;
  elapsed = 0;
  issuer = createServer((_, response) => {
    fetches++;
    if (answer === "error") response.writeHead(500);
    if (answer === "redirect") response.writeHead(302, { location: "/elsewhere" });
    if (answer === "endless") return void sendEndless(response);
    if (answer === "stalled") return void response.write("{");
    response.end(answer === "garbage" ? "<html>" : JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const jwksUrl = new URL(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`);
  const now = () => new Date(NOW.getTime() + elapsed);
  verifier = createTokenVerifier({ ...settings, algorithms: ["ES256", "RS256"], keys: { jwksUrl }, now });
});
afterEach(() => {
  issuer.closeAllConnections();
  issuer.close();
});

/** Sends a response that never ends. */
function sendEndless(response: ServerResponse): void {
  const chunk = `"${"x".repeat(65_534)}",`;
  const more = () => {
    sent += chunk.length;
    response.write(chunk);
  };
  response.on("drain", more).write(`[${chunk}`);
  more();
}

function outcomeAfter(ms: number, token: string): Promise<string> {
  elapsed += ms;
  return outcomeOf(token);
}

const outcomeOf = (token: string) => outcome(token, verifier);

/** Signs a token that is valid for a day, longer than the other tests' tokens. */
function signAs(kid: string, key: KeyObject = ec.privateKey): Promise<string> {
  return sign({ ...CLAIMS, exp: CLAIMS.exp + 86_400 }, { kid }, key);
}

test("keys are fetched once for many tokens, also for concurrent ones", async () => {
  const token = await signAs("one");
  expect(await Promise.all(Array.from({ length: 20 }, () => outcomeOf(token)))).toEqual(Array(20).fill("ok"));
  expect(await outcomeOf(token)).toBe("ok");
  expect(fetches).toBe(1);
});

test("a new key works at once for every token; an old one that is no longer listed is refused", async () => {
  expect(await outcomeOf(await signAs("one"))).toBe("ok");
  keys = [await toJwk(otherEc.publicKey, { kid: "two" })];
  const token = await signAs("two", otherEc.privateKey);
  expect(await Promise.all(Array.from({ length: 20 }, () => outcomeOf(token)))).toEqual(Array(20).fill("ok"));
  expect(fetches).toBe(2);
  expect(await outcomeOf(await signAs("one"))).toBe(UNKNOWN);
});

test("during a rotation both keys are accepted, for as long as the issuer lists both", async () => {
  const [old, next] = [await signAs("one"), await signAs("two", otherEc.privateKey)];
  expect(await outcomeOf(old)).toBe("ok");
  keys = [await toJwk(otherEc.publicKey, { kid: "two" }), ...keys];
  expect([await outcomeOf(next), await outcomeOf(old)]).toEqual(["ok", "ok"]);
  expect(fetches).toBe(2);
  elapsed = 15 * MINUTE;
  expect([await outcomeOf(old), await outcomeOf(next)]).toEqual(["ok", "ok"]);
  keys = keys.slice(0, 1);
  elapsed = 30 * MINUTE;
  expect([await outcomeOf(next), await outcomeOf(old)]).toEqual(["ok", UNKNOWN]);
});

test("a withdrawn key is dropped when the keys are renewed", async () => {
  expect(await outcomeOf(await signAs("one"))).toBe("ok");
  keys = [await toJwk(otherEc.publicKey, { kid: "two" })];
  elapsed = 9 * MINUTE;
  expect(await outcomeOf(await signAs("one"))).toBe("ok");
  elapsed = 10 * MINUTE;
  expect(await outcomeOf(await signAs("one"))).toBe(UNKNOWN);
});

test("made-up key ids do not cause repeated fetches", async () => {
  for (let i = 0; i < 50; i++) expect(await outcomeOf(await signAs(`made-up-${i}`))).toBe(UNKNOWN);
  expect(fetches).toBe(2);
  elapsed = 10_000;
  expect(await outcomeOf(await signAs("made-up"))).toBe(UNKNOWN);
  expect(fetches).toBe(3);
});

test.each(["error", "garbage", "redirect"] as const)(
  "an issuer that responds with %s at first causes UNAVAILABLE, not UNAUTHENTICATED",
  async (bad) => {
    answer = bad;
    expect(await outcomeOf(await signAs("one"))).toBe(UNREACHABLE);
    answer = "keys";
    elapsed = 1_000;
    expect(await outcomeOf(await signAs("one"))).toBe("ok");
  },
);

test("an issuer that was never reached is not fetched for every token", async () => {
  answer = "error";
  const [known, made] = [await signAs("one"), await signAs("made-up")];
  for (let i = 0; i < 20; i++)
    expect([await outcomeOf(known), await outcomeOf(made)]).toEqual([UNREACHABLE, UNREACHABLE]);
  expect(fetches).toBe(1);
  elapsed = 1_000;
  expect(await outcomeOf(known)).toBe(UNREACHABLE);
  expect(fetches).toBe(2);
});

test.each(["endless", "stalled"] as const)(
  "a response that is %s is aborted, and the last good keys stay in use",
  async (bad) => {
    const { port } = issuer.address() as AddressInfo;
    const now = () => new Date(NOW.getTime() + elapsed);
    const impatient = createRemoteKeys(new URL(`http://127.0.0.1:${port}/keys`), now, 300);
    verifier = createTokenVerifier({ ...settings, algorithms: ["ES256"], keys: { publicKey: "" }, now }, impatient);
    answer = bad;
    const token = await signAs("one");
    expect(await outcomeOf(token)).toBe(UNREACHABLE);
    answer = "keys";
    // on a slow machine the fetch may time out
    await expect.poll(() => outcomeAfter(1_000, token)).toBe("ok");
    answer = bad;
    const before = fetches;
    expect(await outcomeAfter(11 * MINUTE, token)).toBe("ok");
    expect(fetches).toBe(before + 1);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  },
);

test("while the issuer hangs, at most 64 tokens with unknown key ids wait for it", async () => {
  const { port } = issuer.address() as AddressInfo;
  const now = () => new Date(NOW.getTime() + elapsed);
  const impatient = createRemoteKeys(new URL(`http://127.0.0.1:${port}/keys`), now, 600_000);
  verifier = createTokenVerifier({ ...settings, algorithms: ["ES256"], keys: { publicKey: "" }, now }, impatient);
  expect(await outcomeOf(await signAs("one"))).toBe("ok");
  answer = "stalled";
  const tokens = await Promise.all(Array.from({ length: 200 }, (_, i) => signAs(`made-up-${i}`)));
  let settled = 0;
  const outcomes = tokens.map((token) => outcomeOf(token).finally(() => settled++));
  await expect.poll(() => settled).toBe(200 - 64);
  await expect.poll(() => fetches).toBe(2);
  issuer.closeAllConnections();
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set([UNREACHABLE]));
  expect(fetches).toBe(2);
});

test("a refused connection is UNAVAILABLE and retryable", async () => {
  issuer.closeAllConnections();
  issuer.close();
  const refusal = await verifier.verify(await signAs("one")).catch((error) => error.extensions);
  expect(refusal).toEqual({ code: "UNAVAILABLE", retryable: true });
});

test("during an outage the last good keys are used for an hour, without a fetch for every token", async () => {
  const token = await signAs("one");
  expect(await outcomeOf(token)).toBe("ok");
  answer = "error";
  elapsed = 11 * MINUTE;
  for (let i = 0; i < 20; i++) expect(await outcomeOf(token)).toBe("ok");
  expect(fetches).toBe(2);
  expect(await outcomeOf(await signAs("new"))).toBe(UNREACHABLE);
  elapsed = 59 * MINUTE;
  expect(await outcomeOf(token)).toBe("ok");
  elapsed = 60 * MINUTE;
  expect(await outcomeOf(token)).toBe(UNREACHABLE);
  answer = "keys";
  elapsed += 1_000;
  expect(await outcomeOf(token)).toBe("ok");
});

test("one token waits for an issuer that hangs; the next use the last good keys during the fetch", async () => {
  const token = await signAs("one");
  const jwksUrl = new URL(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`);
  const now = () => new Date(NOW.getTime() + elapsed);
  const given = { ...settings, algorithms: ["ES256" as const], keys: { jwksUrl }, now };
  verifier = createTokenVerifier(given, createRemoteKeys(jwksUrl, now, 600_000));
  expect(await outcomeOf(token)).toBe("ok");
  answer = "stalled";
  let isWaiting = true;
  const waited = outcomeAfter(10 * MINUTE, token).finally(() => {
    isWaiting = false;
  });
  await expect.poll(() => fetches).toBe(2);
  expect(isWaiting).toBe(true);
  issuer.closeAllConnections();
  expect(await waited).toBe("ok");
  expect(await outcomeAfter(MINUTE, token)).toBe("ok");
  await expect.poll(() => fetches).toBe(3);
});

test("a token without a key id is verified with every matching key", async () => {
  const third = generateKeyPairSync("ec", { namedCurve: "P-256" });
  keys = [await toJwk(otherEc.publicKey, { kid: "two" }), await toJwk(ec.publicKey, { kid: "one" })];
  expect(await outcomeOf(await sign(CLAIMS))).toBe("ok");
  expect(await outcomeOf(await sign({ ...CLAIMS, aud: "mlflow" }))).toBe(
    "UNAUTHENTICATED: The token is meant for another audience.",
  );
  expect(await outcomeOf(await sign(CLAIMS, {}, third.privateKey))).toBe(
    "UNAUTHENTICATED: The token's signature does not match the issuer's key.",
  );
});

test("listed keys that are weak, private, shared secrets or for another use are not used", async () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  keys = [
    await toJwk(rsa.publicKey, { kid: "encryption", use: "enc" }),
    await toJwk(rsa.publicKey, { kid: "other-algorithm", alg: "PS256" }),
    await toJwk(weak.publicKey, { kid: "weak" }),
    await toJwk(rsa.privateKey, { kid: "private" }),
    { kty: "oct", k: "c2VjcmV0", kid: "secret" },
    await toJwk(rsa.publicKey, { kid: "good" }),
  ];
  const outcomes: Record<string, string> = {};
  for (const kid of keys.map((key) => key.kid ?? "")) {
    outcomes[kid] = await outcomeOf(await sign(CLAIMS, { alg: "RS256", kid }, rsa.privateKey));
  }
  expect(outcomes).toMatchInlineSnapshot(`
    {
      "encryption": "UNAUTHENTICATED: The token is signed with a key that the issuer does not list.",
      "good": "ok",
      "other-algorithm": "UNAUTHENTICATED: The token is signed with a key that the issuer does not list.",
      "private": "UNAUTHENTICATED: The token's signing key has a type or size that is not allowed here.",
      "secret": "UNAUTHENTICATED: The token is signed with a key that the issuer does not list.",
      "weak": "UNAUTHENTICATED: The token's signing key has a type or size that is not allowed here.",
    }
  `);
});
