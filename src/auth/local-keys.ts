import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../util/error-text.js";
import { ExposedFileError, placeSecretFile, readSecretFile } from "../util/secret-file.js";
import type { SigningAlgorithm } from "./signing-algorithms.js";

export const LOCAL_ISSUER = "shelfmark-local";
export const LOCAL_AUDIENCE = "shelfmark";
/** Not Ed25519: WebCrypto on Node 20 prints an "experimental" warning for it. */
export const LOCAL_ALGORITHM = "ES256" satisfies SigningAlgorithm;

const KEY_FILE = "local-key.pem";

/** The local key file is missing, broken or open to other users. The message is for the person who runs the command. */
export class LocalKeysError extends Error {
  override readonly name = "LocalKeysError";
}

/** The key pair of a server in local mode. */
export interface LocalKeys {
  readonly privateKey: KeyObject;
  /** The settings with which a token verifier trusts this key. */
  readonly trust: {
    readonly issuer: string;
    readonly audience: string;
    readonly algorithms: readonly [SigningAlgorithm];
    readonly keys: { readonly publicKey: string };
  };
}

function parseLocalKeys(file: string, pem: string): LocalKeys {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    throw new LocalKeysError(
      `The key file ${file} does not hold a private key. Delete it, and the server makes a new one.`,
    );
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new LocalKeysError(`The key in ${file} is not a P-256 key. Delete it, and the server makes a new one.`);
  }
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  return {
    privateKey,
    trust: {
      issuer: LOCAL_ISSUER,
      audience: LOCAL_AUDIENCE,
      algorithms: [LOCAL_ALGORITHM],
      keys: { publicKey },
    },
  };
}

/** Reads the local keys of a data folder; null when it has none. */
export async function readLocalKeys(dataFolder: string): Promise<LocalKeys | null> {
  const file = join(dataFolder, KEY_FILE);
  const pem = await readSecretFile(file).catch((error: unknown) => {
    throw new LocalKeysError(
      error instanceof ExposedFileError
        ? `${error.message} Anyone on this machine could have made tokens with it: delete the file to get a new key.`
        : `The key file ${file} cannot be read (${errorCode(error) ?? "unknown error"}).`,
    );
  });
  return pem === null ? null : parseLocalKeys(file, pem);
}

type FolderMaker = (folder: string) => Promise<unknown>;

const makeByNode: FolderMaker = (folder) => mkdir(folder, { recursive: true, mode: 0o700 });

async function placeNewKey(dataFolder: string, makeFolder: FolderMaker): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await makeFolder(dataFolder);
  await placeSecretFile(join(dataFolder, KEY_FILE), privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

/** The local keys of a data folder, made on first use. */
export async function openLocalKeys(dataFolder: string, makeFolder: FolderMaker = makeByNode): Promise<LocalKeys> {
  const found = await readLocalKeys(dataFolder);
  if (found) return found;
  try {
    await placeNewKey(dataFolder, makeFolder);
  } catch (error) {
    throw new LocalKeysError(
      `No key can be made in the data folder ${dataFolder} (${errorCode(error) ?? "unknown error"}). Set SHELFMARK_DATA to a folder that this user may write to.`,
    );
  }
  const placed = await readLocalKeys(dataFolder);
  if (!placed) throw new LocalKeysError(`The key file in ${dataFolder} disappeared while it was being read.`);
  return placed;
}
