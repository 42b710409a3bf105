/** A log that takes plain sentences, for parts that need no structure. */
export interface PlainLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export function toPlainLog(log: PlainLog): PlainLog {
  return {
    info: (message) => log.info(message),
    warn: (message) => log.warn(message),
    error: (message) => log.error(message),
  };
}
