import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { afterEach, expect, test } from "vitest";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import { CLAIMS, ec, outcome, settings, sign } from "./token-fixture.js";

let server: Server | undefined;
afterEach(() => void server?.close());

/** An issuer on loopback. `document` is its discovery document. */
async function startIssuer(path: string, document: (issuer: string) => object): Promise<string> {
  const jwk = { ...(await exportJWK(ec.publicKey)), alg: "ES256", kid: "one" };
  server = createServer(({ url }, response) => {
    const isDocument = url === `${path}/.well-known/openid-configuration`;
    const body = isDocument ? document(origin + path) : url === "/keys" ? { keys: [jwk] } : null;
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

async function verifyAt(issuer: string): Promise<string> {
  const token = await sign({ ...CLAIMS, iss: issuer }, { kid: "one" });
  return outcome(token, createTokenVerifier({ ...settings, issuer, keys: { discoverFrom: issuer } }));
}

const UNAVAILABLE = "UNAVAILABLE: The token cannot be verified now: its issuer's keys cannot be fetched. Try again.";

test.each(["", "/realms/ml"])("keys are where the discovery document says, also of an issuer at %j", async (path) => {
  const origin = await startIssuer(path, (issuer) => ({ issuer, jwks_uri: `${new URL(issuer).origin}/keys` }));
  expect(await verifyAt(origin + path)).toBe("ok");
});

test.each<[string, (issuer: string) => object]>([
  ["of another issuer", (issuer) => ({ issuer: `${issuer}/other`, jwks_uri: `${issuer}/keys` })],
  ["without an address of keys", (issuer) => ({ issuer })],
  ["with an address of keys that is not https", (issuer) => ({ issuer, jwks_uri: "http://keys.example/" })],
  ["with an address of keys in a file", (issuer) => ({ issuer, jwks_uri: "file:///etc/keys" })],
  ["that is a list", () => []],
])("a discovery document %s gives no keys", async (_what, document) => {
  expect(await verifyAt(await startIssuer("", document))).toBe(UNAVAILABLE);
});
