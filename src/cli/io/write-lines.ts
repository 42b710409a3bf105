import { createWriteStream } from "node:fs";
import { errorCode } from "../../util/error-text.js";
import { CommandError, type CommandIo } from "./command-io.js";

type Write = (line: string) => Promise<void>;

/** Lets a command write lines to standard output, or to a file that only its owner may read. */
export function withLines<T>(io: CommandIo, path: string | undefined, work: (write: Write) => Promise<T>): Promise<T> {
  return path === undefined ? work(async (line) => io.out(`${line}\n`)) : writeLines(path, work);
}

/** Writes lines to a file as fast as the disk accepts them. */
async function writeLines<T>(path: string, work: (write: Write) => Promise<T>): Promise<T> {
  const file = createWriteStream(path, { mode: 0o600 });
  const failed = new Promise<never>((_resolve, reject) =>
    file.once("error", (error) =>
      reject(new CommandError(`The file ${path} cannot be written (${errorCode(error)}).`)),
    ),
  );
  const write = async (line: string) => {
    if (!file.write(`${line}\n`))
      await Promise.race([new Promise<void>((resolve) => file.once("drain", resolve)), failed]);
  };
  const result = await Promise.race([work(write), failed]);
  await Promise.race([new Promise<void>((resolve) => file.end(() => resolve())), failed]);
  return result;
}
