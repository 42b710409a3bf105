import { destination, type Logger, pino } from "pino";
import type { Config } from "../../config/load-config.js";
import { bufferLines } from "./buffered-lines.js";

const SECRETS = ["authorization", "token", "password", "cookie"];
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
const STDERR = 2;

/** Logs to standard error, so that standard output holds only the result of the command. */
export function createLog({ logLevel }: Config): Logger {
  return pino({ level: logLevel, redact: REDACTED }, destination(STDERR));
}

/** The same for a server, whose lines are many: they are written together, at most 100 ms late. */
export function createServerLog({ logLevel }: Config): Logger {
  const lines = bufferLines(STDERR, (dropped) =>
    log.warn({ dropped }, "Lines of the log were dropped, because it is not read as fast as it is written"),
  );
  const log = pino({ level: logLevel, redact: REDACTED }, lines);
  return log;
}
