import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Environment } from "../../config/load-config.js";
import { errorCode } from "../../util/error-text.js";
import { ExposedFileError, readSecretFile, replaceSecretFile } from "../../util/secret-file.js";
import { sha256 } from "../../util/sha256.js";
import { CommandError } from "../io/command-io.js";

/** What `shelfmark login` keeps for one server. */
export interface StoredSignIn {
  /** The URL of the server's GraphQL endpoint. The token is sent nowhere else. */
  readonly url: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly resource: string | null;
  readonly token: string;
  /** When the token is renewed, in milliseconds since 1970; null: the issuer does not say when it ends. */
  readonly dueAt: number | null;
  readonly refreshToken: string | null;
}

/** The file for a server, in the user's configuration folder; null if the environment names no such folder. */
export function storeFile(url: URL, env: Environment): string | null {
  const folder = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, ".config")) || env.APPDATA;
  if (!folder) return null;
  const name = `${url.host.replaceAll(/[^\w.-]/g, "_")}-${sha256(url.href).slice(0, 12)}.json`;
  return join(folder, "shelfmark", "tokens", name);
}

/** What is kept in a file; null if there is no such file. Refuses a file that others may read. */
export async function readSignIn(file: string): Promise<StoredSignIn | null> {
  const text = await readSecretFile(file).catch((error: unknown) => {
    if (error instanceof ExposedFileError)
      throw new CommandError(`${error.message} Others may have used what is in it: run shelfmark logout.`);
    throw new CommandError(`${file} cannot be read (${errorCode(error)}).`);
  });
  return text === null ? null : parseSignIn(text, file);
}

function parseSignIn(text: string, file: string): StoredSignIn {
  const damaged = new CommandError(`${file} is damaged. Run shelfmark logout, and then shelfmark login.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged;
  }
  if (isSignIn(value)) return value;
  throw damaged;
}

function isSignIn(value: unknown): value is StoredSignIn {
  if (typeof value !== "object" || value === null) return false;
  const { url, issuer, clientId, resource, token, dueAt, refreshToken } = value as Record<string, unknown>;
  return (
    [url, issuer, clientId, token].every((each) => typeof each === "string") &&
    [resource, refreshToken].every((each) => each === null || typeof each === "string") &&
    (dueAt === null || typeof dueAt === "number")
  );
}

/** Writes the file whole or not at all, for its owner alone. */
export async function writeSignIn(file: string, signIn: StoredSignIn): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await replaceSecretFile(file, `${JSON.stringify(signIn, null, 2)}\n`);
  } catch (error) {
    throw new CommandError(`${file} cannot be written (${errorCode(error)}).`);
  }
}

export async function removeSignIn(file: string): Promise<void> {
  await rm(file, { force: true });
}
