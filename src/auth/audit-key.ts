import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { join } from "node:path";
import { type Checkpoint, checkpointText, type SignedCheckpoint } from "../domain/events/checkpoint.js";
import { ExposedFileError, placeSecretFile, readSecretFile } from "../util/secret-file.js";
import { unfoldPem } from "./pem.js";

const KEY_FILE = "audit-key.pem";

/** The audit key is missing, broken or of the wrong type. The message is for the person who runs the command. */
export class AuditKeyError extends Error {
  override readonly name = "AuditKeyError";
}

/** Verifies the signatures of checkpoints. */
export interface AuditTrust {
  readonly keyId: string;
  isSigned(checkpoint: SignedCheckpoint): boolean;
}

/** Signs checkpoints. */
export interface AuditKey extends AuditTrust {
  readonly publicPem: string;
  sign(checkpoint: Checkpoint): SignedCheckpoint;
}

/** The key of the configuration, or else of the data folder, where it is made on first use. */
export async function openAuditKey(
  pem: string | null,
  dataFolder: string,
  makeFolder: (folder: string) => Promise<unknown>,
): Promise<AuditKey> {
  const found = await readAuditKey(pem, dataFolder);
  if (found) return found;
  await makeFolder(dataFolder);
  const { privateKey } = generateKeyPairSync("ed25519");
  await placeSecretFile(join(dataFolder, KEY_FILE), privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const placed = await readAuditKey(null, dataFolder);
  if (!placed) throw new AuditKeyError(`The key file in ${dataFolder} disappeared while it was being read.`);
  return placed;
}

/** The key of the configuration, or else of the data folder; null when neither has one. */
export async function readAuditKey(pem: string | null, dataFolder: string): Promise<AuditKey | null> {
  if (pem !== null) return toAuditKey(pem, "SHELFMARK_AUDIT_KEY");
  const file = join(dataFolder, KEY_FILE);
  const text = await readSecretFile(file).catch((error: unknown) => {
    if (!(error instanceof ExposedFileError)) throw error;
    throw new AuditKeyError(`${error.message} Anyone on this machine could sign a rewritten log with it.`);
  });
  return text === null ? null : toAuditKey(text, file);
}

/** `where` names the file or variable of the key in error messages. */
export function toAuditKey(pem: string, where: string): AuditKey {
  const privateKey = parseKey(() => createPrivateKey(unfoldPem(pem)), where, "private");
  const publicPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  const trust = toAuditTrust(publicPem, where);
  return {
    ...trust,
    publicPem,
    sign: (checkpoint) => {
      const signature = sign(null, Buffer.from(checkpointText(checkpoint)), privateKey).toString("base64");
      return { ...checkpoint, keyId: trust.keyId, signature };
    },
  };
}

export function toAuditTrust(publicPem: string, where: string): AuditTrust {
  const publicKey = parseKey(() => createPublicKey(publicPem), where, "public");
  return {
    keyId: keyIdOf(publicKey),
    isSigned: (checkpoint) =>
      verify(null, Buffer.from(checkpointText(checkpoint)), publicKey, Buffer.from(checkpoint.signature, "base64")),
  };
}

function parseKey(parse: () => KeyObject, where: string, kind: "private" | "public"): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch {
    throw new AuditKeyError(`${where} does not hold a ${kind} key in PEM.`);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new AuditKeyError(`The key in ${where} is of type ${key.asymmetricKeyType}; it must be Ed25519.`);
}

function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex").slice(0, 16);
}
