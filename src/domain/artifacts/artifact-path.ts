import { InvalidInputError } from "../errors.js";

/** An index of the database holds no more, in bytes of UTF-8. */
const MAX_PATH_BYTES = 2_000;
/** What file systems allow for one name: clients download files under the names that they have here. */
const MAX_NAME_BYTES = 255;
/** Who writes more layers of percent signs than this means no file. */
const MAX_LAYERS = 10;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const REFUSED = /[\u0000-\u001f\u007f\\]/u;

/**
 * Checks the path of a file or a directory among the artifacts: names joined by slashes, none of which leads elsewhere, also
 * if a program decodes it once more. Files are not stored under these names; clients and other programs are who would be led.
 */
export function parseArtifactPath(path: string): string {
  if (!path.isWellFormed()) throw refused("it is not well-formed Unicode");
  if (byteLength(path) > MAX_PATH_BYTES) throw refused(`it has more than ${MAX_PATH_BYTES} bytes`);
  for (const name of path.split("/")) requireName(name);
  return path;
}

/** Decodes the path of a URL, once. */
export function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw refused("its percent-encoding is not valid UTF-8");
  }
}

function requireName(name: string): void {
  if (byteLength(name) > MAX_NAME_BYTES) throw refused(`one of its names has more than ${MAX_NAME_BYTES} bytes`);
  if (name === "") throw refused("one of its names is empty");
  let text = name;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (text === "." || text === ".." || REFUSED.test(text) || (layer > 0 && text.includes("/"))) {
      throw refused("it has a name that is . or .., or one with a backslash or a control character");
    }
    const inner = decodeAgain(text);
    if (inner === text) return;
    text = inner;
  }
  throw refused("it is percent-encoded too often");
}

function decodeAgain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function refused(reason: string): InvalidInputError {
  return new InvalidInputError("path", `Invalid path: ${reason}.`);
}
