import { ARTIFACT_SCOPE } from "../../domain/access/scopes.js";
import { requireVisiblePlace } from "../../registry/artifacts/artifact-place.js";
import { QuotaExceededError, requireRoom } from "../../registry/artifacts/quota.js";
import { storeArtifact } from "../../registry/artifacts/store-artifact.js";
import { type CommandContext, requireScopes } from "../../registry/command.js";
import { usedBytes } from "../../store/artifacts/artifact-files.js";
import type { Draft, WrittenFile } from "../../store/artifacts/draft.js";
import { errorCode } from "../../util/error-text.js";
import type { Answer } from "../kit/answer.js";
import type { ArtifactServices, MlflowServices } from "../kit/context.js";
import type { FileTransfer } from "../kit/file-endpoint.js";

interface Upload {
  readonly path: string;
  readonly contentLength: number | undefined;
  readonly commands: CommandContext;
}

const EMPTY: Answer = { status: 200, contentType: "application/json", body: "" };

/** Receives a file. It is there when the whole of it is on disk and its row is written; until then there is nothing. */
export async function upload(
  { db, prisma, newId }: MlflowServices,
  { folder, quotaBytes, removeFiles }: ArtifactServices,
  { path, contentLength, commands }: Upload,
): Promise<FileTransfer> {
  requireScopes(commands.viewer, [ARTIFACT_SCOPE.write], "storeArtifact");
  await requireVisiblePlace(db, commands.viewer, path);
  const used = quotaBytes === null ? 0 : await usedBytes(db);
  requireRoom(used, contentLength ?? 0, quotaBytes);
  const id = newId();
  let draft: Draft | undefined;
  let received = 0;
  let file: WrittenFile | undefined;
  return {
    kind: "receive",
    async write(part) {
      received += part.length;
      requireRoom(used, received, quotaBytes);
      await whileThereIsRoom(async () => {
        draft ??= await folder.begin(id);
        await draft.write(part);
      });
    },
    async flush() {
      await whileThereIsRoom(async () => {
        draft ??= await folder.begin(id);
        file = await draft.finish();
      });
    },
    async commit() {
      if (!file) throw new Error("A file is stored before it was written.");
      try {
        const replaced = await storeArtifact(commands, { path, file, quotaBytes });
        await folder.keep(id);
        await removeFiles(replaced);
        return EMPTY;
      } catch (error) {
        await discardUnlessStored();
        throw error;
      }
    },
    abandon: async () => draft?.discard(),
  };

  /** A commit may have been written although its answer was lost. */
  async function discardUnlessStored(): Promise<void> {
    const row = await prisma.artifactFile.findUnique({ where: { id }, select: { id: true } });
    if (!row) await draft?.discard();
  }
}

/** A full disk is not over in a moment, so the client is not asked to send the file again. */
async function whileThereIsRoom(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!["ENOSPC", "EDQUOT", "EFBIG"].includes(errorCode(error) ?? "")) throw error;
    throw new QuotaExceededError("There is no room left for artifacts on the disk of the server.");
  }
}
