import type { Transaction } from "../connection/transaction.js";
import { type ArtifactFile, Prisma } from "../generated/client.js";
import { isBelow } from "./artifact-files.js";

/** Locks the row that whoever changes files locks first. Returns how many bytes all files take. */
export async function lockUsage(tx: Transaction): Promise<number> {
  const rows = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT "bytes" FROM "ArtifactUsage" WHERE "id" = 1 FOR NO KEY UPDATE`;
  return Number(rows[0]?.bytes ?? 0n);
}

/** Lets nobody change files until the transaction ends. */
export async function keepFiles(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "ArtifactUsage" WHERE "id" = 1 FOR SHARE`;
}

async function addUsage(tx: Transaction, bytes: number): Promise<void> {
  await tx.$executeRaw`UPDATE "ArtifactUsage" SET "bytes" = "bytes" + ${BigInt(bytes)} WHERE "id" = 1`;
}

/** What is in the way of a file, or at its place. */
interface Place {
  /** Of the directories above a path one that is a file; or a file below the path, which is a directory then. */
  readonly clash: string | null;
  /** The file that the path names. */
  readonly old: Pick<ArtifactFile, "size" | "sha256"> | null;
}

export async function findAt(tx: Transaction, path: string): Promise<Place> {
  const rows = await tx.$queryRaw<Pick<ArtifactFile, "path" | "size" | "sha256">[]>`
    (SELECT "path", "size", "sha256" FROM "ArtifactFile" WHERE "path" IN (${Prisma.join([path, ...directoriesAbove(path)])}))
    UNION ALL (SELECT "path", "size", "sha256" FROM "ArtifactFile" WHERE ${isBelow(path)} LIMIT 1)`;
  const clash = rows.find((row) => row.path !== path);
  return { clash: clash?.path ?? null, old: rows.find((row) => row.path === path) ?? null };
}

/** Makes a file the one of its path. Returns the ids of the file that it replaces, which is named as to be removed. */
export async function putFile(tx: Transaction, file: ArtifactFile): Promise<string[]> {
  const { id, path, size, sha256, createdAt } = file;
  const { createdByIssuer, createdBySubject, createdByName, createdByKind } = file;
  // the row that goes is counted first, so that the path is free for the new one
  const rows = await tx.$queryRaw<{ replaced: string | null }[]>`
    WITH gone AS (DELETE FROM "ArtifactFile" WHERE "path" = ${path} RETURNING "id", "size"),
    removal AS (INSERT INTO "ArtifactRemoval" ("fileId", "at") SELECT "id", ${createdAt}::timestamptz FROM gone),
    used AS (
      UPDATE "ArtifactUsage" SET "bytes" = "bytes" + ${size}::bigint - coalesce((SELECT sum("size") FROM gone), 0)::bigint
      WHERE "id" = 1)
    INSERT INTO "ArtifactFile" ("id", "path", "size", "sha256", "createdAt",
      "createdByIssuer", "createdBySubject", "createdByName", "createdByKind")
    SELECT ${id}::uuid, ${path}, ${size}::bigint, ${sha256}::bytea, ${createdAt}::timestamptz,
      ${createdByIssuer}, ${createdBySubject}, ${createdByName}, ${createdByKind}::"ActorKind"
    FROM (SELECT count(*) FROM gone) AS counted
    RETURNING (SELECT "id"::text FROM gone) AS "replaced"`;
  return rows.flatMap(({ replaced }) => replaced ?? []);
}

function directoriesAbove(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join("/"));
}

/** A READY version that is made of a directory which holds the path, or which is below it; null if there is none. */
export async function findVersionOf(tx: Transaction, path: string): Promise<{ id: string; directory: string } | null> {
  const rows = await tx.$queryRaw<{ id: string; directory: string }[]>`
    SELECT v."id"::text, d."path" AS "directory" FROM "VersionDirectory" AS d
    JOIN "ModelVersion" AS v ON v."id" = d."versionId"
    JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE (d."path" IN (${Prisma.join([path, ...directoriesAbove(path)])}) OR (${isBelow(path)}))
      AND v."status" = 'READY' AND v."deletedAt" IS NULL AND m."deletedAt" IS NULL
    ORDER BY v."createdAt" LIMIT 1`;
  return rows[0] ?? null;
}

/** Removes the row of a file, or of at most `max` files below a directory. Their files are named as to be removed. */
export async function takeAway(tx: Transaction, path: string, max: number, at: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string; size: bigint }[]>`
    DELETE FROM "ArtifactFile" WHERE "id" IN (
      SELECT "id" FROM "ArtifactFile" WHERE "path" = ${path} OR (${isBelow(path)}) ORDER BY "path" LIMIT ${max})
    RETURNING "id"::text, "size"`;
  if (rows.length === 0) return [];
  await tx.artifactRemoval.createMany({ data: rows.map(({ id: fileId }) => ({ fileId, at })) });
  await addUsage(tx, -rows.reduce((sum, { size }) => sum + Number(size), 0));
  return rows.map(({ id }) => id);
}
