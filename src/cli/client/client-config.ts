import { type ClientConfig, ConfigError, loadClientConfig } from "../../config/load-config.js";
import { type CommandIo, misuse } from "../io/command-io.js";

export interface ServerOptions {
  readonly url?: string;
  readonly token?: string;
}

export const URL_OPTION = ["--url <url>", "URL of the server's GraphQL endpoint (default: SHELFMARK_URL)"] as const;
export const TOKEN_OPTION = [
  "--token <token>",
  "bearer token; other users of this machine can see it (default: SHELFMARK_TOKEN)",
] as const;

/** The settings of a command that talks to a server. Its options have precedence over the environment. */
export function readClientConfig({ url, token }: ServerOptions, io: CommandIo): ClientConfig {
  try {
    return loadClientConfig({
      ...io.env,
      ...(url && { SHELFMARK_URL: url }),
      ...(token && { SHELFMARK_TOKEN: token }),
    });
  } catch (error) {
    if (!(error instanceof ConfigError) || !url) throw error;
    throw misuse(error.message.replace(/^SHELFMARK_URL/m, "--url"));
  }
}
