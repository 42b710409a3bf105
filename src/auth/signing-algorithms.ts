import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Never HS*: with shared secrets allowed, a public key could be used as a secret (RFC 8725 §2.1). */
export const SIGNING_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export const MIN_RSA_BITS = 2048;

const CURVE_ALGORITHM: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

/** A key cannot be used. The message is a clause that reveals nothing of the key. */
export class UnusableKeyError extends Error {
  override readonly name = "UnusableKeyError";
}

function algorithmsOf(key: KeyObject): readonly SigningAlgorithm[] {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
    case "rsa-pss": {
      const bits = details.modulusLength ?? 0;
      if (bits < MIN_RSA_BITS) {
        throw new UnusableKeyError(`it is an RSA key of ${bits} bits, and at least ${MIN_RSA_BITS} bits are required`);
      }
      const pssOnly = key.asymmetricKeyType === "rsa-pss";
      return SIGNING_ALGORITHMS.filter((name) => name.startsWith("PS") || (!pssOnly && name.startsWith("RS")));
    }
    case "ec": {
      const algorithm = CURVE_ALGORITHM[details.namedCurve ?? ""];
      if (!algorithm) throw new UnusableKeyError("its curve is not P-256, P-384 or P-521");
      return [algorithm];
    }
    case "ed25519":
      return ["EdDSA", "Ed25519"];
    default:
      throw new UnusableKeyError("it is not an RSA, elliptic-curve or Ed25519 key");
  }
}

export interface PublicKey {
  readonly key: KeyObject;
  /** The algorithms that this type of key can sign with. */
  readonly algorithms: readonly SigningAlgorithm[];
}

/** Reads a private key in PEM and chooses the algorithm to sign with. */
export function readPrivateKey(pem: string): { key: KeyObject; algorithm: SigningAlgorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new UnusableKeyError("it does not hold a private key in PEM");
  }
  const [algorithm] = algorithmsOf(key);
  if (!algorithm) throw new UnusableKeyError("no supported algorithm fits it");
  return { key, algorithm };
}

/** Reads a public key in PEM. Throws if it is too weak, of an unsupported type, or private. */
export function readPublicKey(pem: string): PublicKey {
  if (pem.includes("PRIVATE KEY")) throw new UnusableKeyError("it is a private key; give only its public half");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UnusableKeyError('it is not a PEM that begins with "-----BEGIN PUBLIC KEY-----"');
  }
  return { key, algorithms: algorithmsOf(key) };
}
