import { exec } from "node:child_process";
import { promisify } from "node:util";
import { readLocalKeys } from "../../auth/local-keys.js";
import { mintDefaultToken } from "../../auth/mint-token.js";
import type { TokenSource } from "../../client/connection.js";
import type { ClientConfig } from "../../config/load-config.js";
import { isLoopbackHost } from "../../util/network/loopback.js";
import { CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { readTextFile } from "../io/text-file.js";
import { findStoredToken } from "../sign-in/stored-token.js";

export interface TokenSourceOptions {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tokenCommand?: string;
}

const TOKEN_COMMAND_MS = 60_000;

/** The token of the settings, or of `shelfmark login`, or one from the local key, which is sent to this machine only. */
export async function findToken({ url, token, dataFolder }: ClientConfig, io: CommandIo): Promise<string | null> {
  if (token) return token;
  const stored = await findStoredToken(url, io);
  if (stored !== null || !isLoopbackHost(url.hostname)) return stored;
  const keys = await readLocalKeys(dataFolder);
  return keys && mintDefaultToken(keys, io.now());
}

/** The token of each connection: from a file or a command, which may renew it, or else from the settings. */
export function tokenSource(options: TokenSourceOptions, client: ClientConfig, io: CommandIo): TokenSource {
  const { tokenFile, tokenCommand } = options;
  const given = [options.token, tokenFile, tokenCommand].filter((each) => each !== undefined);
  if (given.length > 1) throw misuse("Give only one of --token, --token-file and --token-command.");
  if (tokenFile !== undefined) return () => readTokenFile(tokenFile);
  if (tokenCommand !== undefined) return () => runTokenCommand(tokenCommand);
  if (client.token) return client.token;
  return async () => {
    const token = await findToken(client, io);
    if (token) return token;
    throw new CommandError(
      "There is no token: run shelfmark login, set SHELFMARK_TOKEN, or give --token, --token-file or --token-command.",
    );
  };
}

export async function readTokenFile(path: string): Promise<string> {
  return (await readTextFile({ path, name: "The token file" })).trim();
}

async function runTokenCommand(command: string): Promise<string> {
  try {
    const { stdout } = await promisify(exec)(command, { timeout: TOKEN_COMMAND_MS });
    return stdout.trim();
  } catch (error) {
    const { code, signal } = error as { code?: unknown; signal?: unknown };
    throw new CommandError(`The token command ended with ${signal ?? `exit code ${code}`}.`);
  }
}
