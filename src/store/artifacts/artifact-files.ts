import { Prisma, type PrismaClient } from "../generated/client.js";

type Db = Pick<PrismaClient, "$queryRaw" | "artifactFile">;

/** What is in a directory: files, and directories, which exist as long as files are below them. */
export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Of a file, in bytes. */
  readonly size: number;
}

export interface StoredFile {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: Uint8Array;
}

export async function findFile({ artifactFile }: Pick<Db, "artifactFile">, path: string): Promise<StoredFile | null> {
  const row = await artifactFile.findUnique({
    where: { path },
    select: { id: true, path: true, size: true, sha256: true },
  });
  return row && { ...row, size: Number(row.size) };
}

/** What is in a directory, by name; one entry more than `max` if there are more. */
export async function listDirectory(db: Db, path: string, max: number): Promise<DirectoryEntry[]> {
  const rows = await db.$queryRaw<{ name: string; isDirectory: boolean; size: bigint }[]>`
    SELECT split_part(below, '/', 1) AS "name", bool_or(strpos(below, '/') > 0) AS "isDirectory", max("size") AS "size"
    FROM (SELECT substr("path", length(${`${path}/`}::text) + 1) AS below, "size" FROM "ArtifactFile" WHERE ${isBelow(path)}) AS f
    GROUP BY 1 ORDER BY 1 LIMIT ${max + 1}`;
  return rows.map(({ name, isDirectory, size }) => ({ name, isDirectory, size: Number(size) }));
}

const MANIFEST = { path: true, sha256: true, createdByIssuer: true, createdBySubject: true } as const;

/** The files of a directory and of those below it; one more than `max` if there are more. */
export async function filesBelow({ artifactFile }: Pick<Db, "artifactFile">, path: string, max: number) {
  const { from, to } = rangeBelow(path);
  const where = { path: { gte: from, lt: to } };
  return artifactFile.findMany({ where, select: MANIFEST, orderBy: { path: "asc" }, take: max + 1 });
}

/** The paths that begin with `path/`: a slash is followed by 0 in the order of bytes. */
function rangeBelow(path: string): { readonly from: string; readonly to: string } {
  return { from: `${path}/`, to: `${path}0` };
}

export function isBelow(path: string): Prisma.Sql {
  const { from, to } = rangeBelow(path);
  return Prisma.sql`"path" >= ${from} AND "path" < ${to}`;
}

/** Whether there are files below the path. */
export async function isDirectory({ artifactFile }: Pick<Db, "artifactFile">, path: string): Promise<boolean> {
  const { from, to } = rangeBelow(path);
  const where = { path: { gte: from, lt: to } };
  return (await artifactFile.findFirst({ where, select: { id: true } })) !== null;
}

/** How many bytes all files take. */
export async function usedBytes({ artifactUsage }: Pick<PrismaClient, "artifactUsage">): Promise<number> {
  const row = await artifactUsage.findUnique({ where: { id: 1 }, select: { bytes: true } });
  return Number(row?.bytes ?? 0n);
}
