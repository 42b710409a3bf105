import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { placeSecret } from "./place-secret.js";
import type { SigningAlgorithm } from "./signing-algorithms.js";

export const LOCAL_ISSUER = "shelfmark-local";
export const LOCAL_AUDIENCE = "shelfmark";
/** Not Ed25519, which prints an "experimental" warning in WebCrypto on Node 20. */
export const LOCAL_ALGORITHM = "ES256" satisfies SigningAlgorithm;

const KEY_FILE = "local-key.pem";

/** The key file is missing, broken or open to others; the message is a sentence for whoever starts the server. */
export class LocalKeysError extends Error {
  override readonly name = "LocalKeysError";
}

export interface LocalKeys {
  readonly privateKey: KeyObject;
  /** What a token verifier has to trust. */
  readonly trust: {
    readonly issuer: string;
    readonly audience: string;
    readonly algorithms: readonly [SigningAlgorithm];
    readonly keys: { readonly publicKey: string };
  };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function describeFailure(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

function toLocalKeys(file: string, pem: string): LocalKeys {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw new LocalKeysError(`The key file ${file} holds no private key. Delete it, and the server makes a new one.`);
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new LocalKeysError(`The key in ${file} is not a P-256 key. Delete it, and the server makes a new one.`);
  }
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  const algorithms = [LOCAL_ALGORITHM] as const;
  return { privateKey, trust: { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, algorithms, keys: { publicKey } } };
}

/** Reads the local keys of a data folder, or null when it has none. */
export async function readLocalKeys(dataFolder: string): Promise<LocalKeys | null> {
  const file = join(dataFolder, KEY_FILE);
  const handle = await open(file, "r").catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw new LocalKeysError(`The key file ${file} cannot be read (${describeFailure(error)}).`);
  });
  if (!handle) return null;
  try {
    const mode = (await handle.stat()).mode & 0o777;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const shown = mode.toString(8).padStart(4, "0");
      throw new LocalKeysError(
        `The key file ${file} is open to others (mode ${shown}), so anyone on this machine could make tokens. Run: chmod 600 '${file}' (or delete the file to make a new key).`,
      );
    }
    return toLocalKeys(file, await handle.readFile("utf8"));
  } finally {
    await handle.close();
  }
}

type FolderMaker = (folder: string) => Promise<unknown>;

const makeByNode: FolderMaker = (folder) => mkdir(folder, { recursive: true, mode: 0o700 });

/** Puts a new key in place whole, or leaves the one that another process put there first. */
async function placeNewKey(dataFolder: string, makeFolder: FolderMaker): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await makeFolder(dataFolder);
  await placeSecret(join(dataFolder, KEY_FILE), privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

/** The local keys of a data folder, made on first use. */
export async function openLocalKeys(dataFolder: string, makeFolder: FolderMaker = makeByNode): Promise<LocalKeys> {
  const found = await readLocalKeys(dataFolder);
  if (found) return found;
  try {
    await placeNewKey(dataFolder, makeFolder);
  } catch (error) {
    throw new LocalKeysError(
      `No key can be made in the data folder ${dataFolder} (${describeFailure(error)}). Set SHELFMARK_DATA to a folder that this user may write to.`,
    );
  }
  const placed = await readLocalKeys(dataFolder);
  if (!placed) throw new LocalKeysError(`The key file in ${dataFolder} disappeared while it was being read.`);
  return placed;
}
