import type { Transaction } from "../connection/transaction.js";
import { type ModelVersion, Prisma } from "../generated/client.js";
import { type LockedModel, MAY_BE_GUARDED } from "../models/model-lock.js";

export interface LockedVersion {
  readonly model: LockedModel;
  readonly version: ModelVersion;
}

type Joined = ModelVersion & {
  readonly modelName: string;
  readonly modelDescription: string | null;
  readonly modelDeletedAt: Date | null;
  readonly mayBeGuarded: boolean;
};

const COLUMNS = Prisma.raw(
  Object.values(Prisma.ModelVersionScalarFieldEnum)
    .map((column) => `v."${column}"`)
    .join(", "),
);

/**
 * Reads a version by its number and locks first its model, then the version. Both rows are as they are once the locks are
 * taken, also where another transaction had them: PostgreSQL reads a row again that it has waited for.
 */
export async function lockVersionByNumber(
  tx: Transaction,
  { model: name, number }: { readonly model: string; readonly number: number },
): Promise<LockedVersion | null> {
  const rows = await tx.$queryRaw<Joined[]>`
    SELECT ${COLUMNS}, m."name" AS "modelName", m."description" AS "modelDescription", m."deletedAt" AS "modelDeletedAt",
      ${MAY_BE_GUARDED}
    FROM "Model" AS m JOIN "ModelVersion" AS v ON v."modelId" = m."id"
    WHERE m."liveName" = ${name} AND v."number" = ${number}::int FOR NO KEY UPDATE OF m, v`;
  const [row] = rows;
  if (!row) return null;
  const { modelName, modelDescription, modelDeletedAt, mayBeGuarded, ...version } = row;
  const model = {
    id: row.modelId,
    name: modelName,
    description: modelDescription,
    deletedAt: modelDeletedAt,
    mayBeGuarded,
  };
  return { model, version };
}
