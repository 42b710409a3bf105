import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SignJWT } from "jose";

/**
 * An identity provider: its keys at `/.well-known/jwks.json`, and `POST /token` with the form fields `subject`,
 * `audience` and `scope` answers `{"access_token": …}`. Every other field becomes a claim, as JSON where it is JSON.
 */
export interface Issuer {
  readonly url: string;
  stop(): void;
}

const ALGORITHM = "RS256";
const KEY_ID = "key-1";

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: ALGORITHM, use: "sig" }] };
  const answer = async (request: IncomingMessage): Promise<object | null> => {
    if (request.url === "/.well-known/jwks.json") return jwks;
    if (request.url !== "/token" || request.method !== "POST") return null;
    const { subject = "", audience = "", ...claims } = readForm(await text(request));
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: "JWT" })
      .setIssuer(url)
      .setSubject(String(subject))
      .setAudience(String(audience))
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);
    return { access_token: token };
  };
  const server = createServer(async (request, response) => {
    const body = await answer(request);
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => void server.close() };
}

function readForm(body: string): Record<string, unknown> {
  const fields = [...new URLSearchParams(body)].map(([name, value]) => [name, readValue(value)]);
  return Object.fromEntries(fields);
}

function readValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
