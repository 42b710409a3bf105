import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, checkpointText, type SignedCheckpoint } from "../domain/events/checkpoint.js";
import { placeSecret } from "./place-secret.js";
import { unfoldPem } from "./unfold-pem.js";

const KEY_FILE = "audit-key.pem";

/** The audit key is missing, broken or of another kind; the message is a sentence for whoever runs the command. */
export class AuditKeyError extends Error {
  override readonly name = "AuditKeyError";
}

/** What checks the signatures of checkpoints. */
export interface AuditTrust {
  readonly keyId: string;
  isSigned(checkpoint: SignedCheckpoint): boolean;
}

/** What signs them. */
export interface AuditKey extends AuditTrust {
  readonly publicPem: string;
  sign(checkpoint: Checkpoint): SignedCheckpoint;
}

/** The key of the configuration, or of the data folder, where it is made on first use. */
export async function openAuditKey(
  pem: string | null,
  dataFolder: string,
  makeFolder: (folder: string) => Promise<unknown>,
): Promise<AuditKey> {
  const found = await readAuditKey(pem, dataFolder);
  if (found) return found;
  const file = join(dataFolder, KEY_FILE);
  await makeFolder(dataFolder);
  const { privateKey } = generateKeyPairSync("ed25519");
  await placeSecret(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return toAuditKey(await readSecret(file), file);
}

/** The key of the configuration or of the data folder, if there is one. */
export async function readAuditKey(pem: string | null, dataFolder: string): Promise<AuditKey | null> {
  if (pem !== null) return toAuditKey(pem, "SHELFMARK_AUDIT_KEY");
  const file = join(dataFolder, KEY_FILE);
  try {
    return toAuditKey(await readSecret(file), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function readSecret(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const shown = mode.toString(8).padStart(4, "0");
      throw new AuditKeyError(
        `The key file ${file} is open to others (mode ${shown}), so anyone on this machine could sign a log that was rewritten. Run: chmod 600 '${file}'.`,
      );
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

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

function parseKey(parse: () => KeyObject, where: string, kind: string): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch {
    throw new AuditKeyError(`${where} holds no ${kind} key in PEM.`);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new AuditKeyError(`The key in ${where} is of the kind ${key.asymmetricKeyType}; it must be Ed25519.`);
}

function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex").slice(0, 16);
}
