import { readFile } from "node:fs/promises";
import { errorCode } from "../../util/error-text.js";
import { CommandError, EXIT, type ExitCode } from "./command-io.js";

interface TextFile {
  readonly path: string;
  /** Names the file in the error message, such as "The token file". */
  readonly name: string;
  readonly exitCode?: ExitCode;
}

/** Reads a file that the command line names. */
export async function readTextFile({ path, name, exitCode = EXIT.failed }: TextFile): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError(`${name} ${path} cannot be read (${errorCode(error)}).`, exitCode);
  }
}
