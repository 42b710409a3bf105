import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Never HS*: a shared secret beside public keys lets a public key pass for a secret (RFC 8725 §2.1). */
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

/** A key that cannot be used, and why, in a sentence without anything of the key. */
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
        throw new UnusableKeyError(`it is an RSA key of ${bits} bits, and at least ${MIN_RSA_BITS} are needed`);
      }
      const pssOnly = key.asymmetricKeyType === "rsa-pss";
      return SIGNING_ALGORITHMS.filter((name) => name.startsWith("PS") || (!pssOnly && name.startsWith("RS")));
    }
    case "ec": {
      const algorithm = CURVE_ALGORITHM[details.namedCurve ?? ""];
      if (!algorithm) throw new UnusableKeyError("its curve is none of P-256, P-384 and P-521");
      return [algorithm];
    }
    case "ed25519":
      return ["EdDSA", "Ed25519"];
    default:
      throw new UnusableKeyError("it is none of an RSA, an elliptic-curve and an Ed25519 key");
  }
}

export interface PublicKey {
  readonly key: KeyObject;
  /** The algorithms that fit the kind of key. */
  readonly algorithms: readonly SigningAlgorithm[];
}

/** Reads a private key in PEM, and the algorithm to sign with. */
export function readPrivateKey(pem: string): { key: KeyObject; algorithm: SigningAlgorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new UnusableKeyError("it holds no private key in PEM");
  }
  const [algorithm] = algorithmsOf(key);
  if (!algorithm) throw new UnusableKeyError("no algorithm fits it");
  return { key, algorithm };
}

/** Reads a public key in PEM, and refuses one that is too weak, of another kind, or private. */
export function readPublicKey(pem: string): PublicKey {
  if (pem.includes("PRIVATE KEY"))
    throw new UnusableKeyError("it is a private key, and only its public half belongs here");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new UnusableKeyError('it is not a PEM that begins with "-----BEGIN PUBLIC KEY-----"');
  }
  return { key, algorithms: algorithmsOf(key) };
}
