import DataLoader from "dataloader";
import type { Prisma, PrismaClient } from "../store/generated/client.js";

type LoaderDatabase = Pick<PrismaClient, "modelVersion" | "stageTransition" | "modelTag" | "modelVersionTag">;

interface TagKey {
  readonly ownerId: string;
  readonly key: string;
}

/**
 * Look-ups that many rows of one page make: each is one statement for the page. Nothing is cached beyond the batch, so
 * that the events of a long stream never read what was true before them.
 */
export interface Loaders {
  readonly modelTag: DataLoader<TagKey, string | null>;
  readonly modelVersionTag: DataLoader<TagKey, string | null>;
  countVersions(where: Prisma.ModelVersionWhereInput, modelId: string): Promise<number>;
  countModelTransitions(where: Prisma.StageTransitionWhereInput, modelId: string): Promise<number>;
  countVersionTransitions(where: Prisma.StageTransitionWhereInput, versionId: string): Promise<number>;
}

export function createLoaders(db: LoaderDatabase): Loaders {
  return {
    modelTag: tagLoader(async (ownerIds, keys) => {
      const rows = await db.modelTag.findMany({ where: { modelId: { in: ownerIds }, key: { in: keys } } });
      return rows.map(({ modelId, key, value }) => ({ ownerId: modelId, key, value }));
    }),
    modelVersionTag: tagLoader(async (ownerIds, keys) => {
      const rows = await db.modelVersionTag.findMany({ where: { versionId: { in: ownerIds }, key: { in: keys } } });
      return rows.map(({ versionId, key, value }) => ({ ownerId: versionId, key, value }));
    }),
    countVersions: countLoader(async (where: Prisma.ModelVersionWhereInput, modelIds) => {
      const rows = await db.modelVersion.groupBy({
        by: ["modelId"],
        where: { AND: [where, { modelId: { in: modelIds } }] },
        _count: { _all: true },
      });
      return rows.map((row) => [row.modelId, row._count._all]);
    }),
    countModelTransitions: countLoader(async (where: Prisma.StageTransitionWhereInput, modelIds) => {
      const rows = await db.stageTransition.groupBy({
        by: ["modelId"],
        where: { AND: [where, { modelId: { in: modelIds } }] },
        _count: { _all: true },
      });
      return rows.map((row) => [row.modelId, row._count._all]);
    }),
    countVersionTransitions: countLoader(async (where: Prisma.StageTransitionWhereInput, versionIds) => {
      const rows = await db.stageTransition.groupBy({
        by: ["versionId"],
        where: { AND: [where, { versionId: { in: versionIds } }] },
        _count: { _all: true },
      });
      return rows.map((row) => [row.versionId, row._count._all]);
    }),
  };
}

type TagRow = TagKey & { readonly value: string };

function tagLoader(read: (ownerIds: string[], keys: string[]) => Promise<TagRow[]>): Loaders["modelTag"] {
  const id = ({ ownerId, key }: TagKey) => `${ownerId} ${key}`;
  return new DataLoader(
    async (wanted: readonly TagKey[]) => {
      const distinct = (values: string[]) => [...new Set(values)];
      const rows = await read(distinct(wanted.map((tag) => tag.ownerId)), distinct(wanted.map((tag) => tag.key)));
      const values = new Map(rows.map((row) => [id(row), row.value]));
      return wanted.map((tag) => values.get(id(tag)) ?? null);
    },
    { cache: false },
  );
}

/** One loader for each condition, so that the totals of all parents under one field are one grouped statement. */
function countLoader<Where>(
  read: (where: Where, parentIds: string[]) => Promise<[parentId: string, count: number][]>,
): (where: Where, parentId: string) => Promise<number> {
  const loaders = new Map<string, DataLoader<string, number>>();
  return (where, parentId) => {
    const condition = JSON.stringify(where);
    const loader =
      loaders.get(condition) ??
      new DataLoader<string, number>(
        async (parentIds) => {
          const counts = new Map(await read(where, [...new Set(parentIds)]));
          return parentIds.map((id) => counts.get(id) ?? 0);
        },
        { cache: false },
      );
    loaders.set(condition, loader);
    return loader.load(parentId);
  };
}
