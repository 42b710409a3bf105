import { destination, type Logger, pino } from "pino";
import type { Config } from "../../config/load-config.js";

const SECRETS = ["authorization", "token", "password", "cookie"];
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Logs to standard error, so that standard output holds only the result of the command. */
export function createLog({ logLevel }: Config): Logger {
  return pino({ level: logLevel, redact: REDACTED }, destination(2));
}
