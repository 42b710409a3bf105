import type { IncomingHttpHeaders } from "node:http";
import { InvalidInputError } from "../../domain/errors.js";
import { notFound } from "../../registry/artifacts/artifact-place.js";
import { findFile, isDirectory, type StoredFile } from "../../store/artifacts/artifact-files.js";
import type { ArtifactFolder } from "../../store/artifacts/artifact-folder.js";
import { json } from "../kit/answer.js";
import type { ReadDatabase } from "../kit/context.js";
import type { FileTransfer } from "../kit/file-endpoint.js";
import { type ByteRange, parseRange } from "./byte-range.js";

/** Read from disk at once. */
const CHUNK_BYTES = 256 * 1024;

/** Whatever a file holds, a browser may only save it. Compressing would change its length, and the ranges. */
const INERT = {
  "content-type": "application/octet-stream",
  "content-security-policy": "sandbox; default-src 'none'",
  "cache-control": "no-store, no-transform",
  "cross-origin-resource-policy": "same-origin",
  "accept-ranges": "bytes",
};

/** Sends a file, or the part that the request asks for. Throws NOT_FOUND. */
export async function download(
  db: ReadDatabase,
  folder: ArtifactFolder,
  path: string,
  headers: IncomingHttpHeaders,
): Promise<FileTransfer> {
  const { file, handle } = await openFile(db, folder, path);
  const etag = `"${Buffer.from(file.sha256).toString("hex")}"`;
  const isOther = headers["if-range"] !== undefined && headers["if-range"] !== etag;
  const range = isOther ? null : parseRange(headers.range, file.size);
  if (range === "unsatisfiable") {
    await handle.close();
    return { kind: "answer", answer: unsatisfiable(file) };
  }
  return {
    kind: "send",
    status: range ? 206 : 200,
    headers: { ...INERT, ...lengthHeaders(file, range), etag, "content-disposition": attachment(path) },
    open: () => handle.createReadStream({ ...(range ?? {}), highWaterMark: CHUNK_BYTES }),
    close: () => handle.close(),
  };
}

/** Opens the file of a path. One that is replaced or deleted between the two steps is looked up again. */
async function openFile(db: ReadDatabase, folder: ArtifactFolder, path: string) {
  for (;;) {
    const file = await requireFile(db, path);
    try {
      return { file, handle: await folder.read(file.id) };
    } catch (error) {
      if ((await findFile(db, path))?.id === file.id) throw error;
    }
  }
}

async function requireFile(db: ReadDatabase, path: string): Promise<StoredFile> {
  const file = await findFile(db, path);
  if (file) return file;
  if (await isDirectory(db, path)) {
    throw new InvalidInputError("path", `Artifact path refers to a directory, not a file: '${path}'`);
  }
  throw notFound(path);
}

function lengthHeaders({ size }: StoredFile, range: ByteRange | null): Record<string, string> {
  if (!range) return { "content-length": String(size) };
  return {
    "content-length": String(range.end - range.start + 1),
    "content-range": `bytes ${range.start}-${range.end}/${size}`,
  };
}

function unsatisfiable({ size }: StoredFile) {
  const message = `The file has ${size} bytes; the range lies beyond them.`;
  const answer = json(416, { error_code: "INVALID_PARAMETER_VALUE", message });
  return { ...answer, code: "INVALID_INPUT", headers: { "content-range": `bytes */${size}` } };
}

/** The name under which a browser saves the file (RFC 6266 §4, RFC 8187 §3.2). */
function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
