import { randomUUID } from "node:crypto";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { block } from "./blocks.js";

const ALGORITHM = "RS256";

/** The documented file of issuers, with keys of this process in place of the addresses of theirs. */
export interface DocumentedIssuers {
  readonly file: string;
  /** A token of one of them, with whatever claims. */
  sign(issuer: string, audience: string, claims: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function createDocumentedIssuers(): Promise<DocumentedIssuers> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const pem = JSON.stringify(await exportSPKI(publicKey));
  return {
    file: block("src/auth/README.md", "issuers.yaml").replaceAll(/jwksUrl: .*/g, `publicKey: ${pem}`),
    sign: (issuer, audience, claims) =>
      new SignJWT({ jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey),
  };
}
