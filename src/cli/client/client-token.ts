import { exec } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { readLocalKeys } from "../../auth/local-keys.js";
import { mintDefaultToken } from "../../auth/mint-token.js";
import type { ClientConfig } from "../../config/load-config.js";
import { isLoopbackHost } from "../../util/loopback.js";
import { CommandError, type CommandIo, misuse } from "../io/command-io.js";

export interface TokenOptions {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly tokenCommand?: string;
}

const TOKEN_COMMAND_MS = 60_000;

/** The token that was given, or one from the local key, which goes to this machine only. */
export async function findToken({ url, token, dataFolder }: ClientConfig, io: CommandIo): Promise<string | null> {
  if (token || !isLoopbackHost(url.hostname)) return token;
  const keys = await readLocalKeys(dataFolder);
  return keys && mintDefaultToken(keys, io.now());
}

/** Where each connection gets its token: a file or a command that renews it, or the one that was given. */
export function tokenSource(
  options: TokenOptions,
  client: ClientConfig,
  io: CommandIo,
): string | (() => Promise<string>) {
  const { tokenFile, tokenCommand } = options;
  const given = [options.token, tokenFile, tokenCommand].filter((each) => each !== undefined);
  if (given.length > 1) throw misuse("Give one of --token, --token-file and --token-command.");
  if (tokenFile !== undefined) return () => readTokenFile(tokenFile);
  if (tokenCommand !== undefined) return () => runTokenCommand(tokenCommand);
  if (client.token) return client.token;
  return async () => {
    const token = await findToken(client, io);
    if (token) return token;
    throw new CommandError("There is no token: set SHELFMARK_TOKEN, or give --token, --token-file or --token-command.");
  };
}

export async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new CommandError(`The token file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
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
