import DataLoader from "dataloader";
import type { Stage } from "../../domain/versions/stage.js";
import type { PrismaClient } from "../../store/generated/client.js";
import { countInStageAt, findAliasesAt, findHoldersAt, type PastHolder } from "../../store/versions/time-travel.js";

interface OnStage {
  readonly modelId: string;
  readonly stage: Stage;
}

interface UnderAlias {
  readonly modelId: string;
  readonly alias: string;
}

/** What was at one time: each question that the rows of a page ask is one statement for the page. */
export interface Past {
  readonly holder: DataLoader<OnStage, PastHolder | null>;
  readonly count: DataLoader<OnStage, number>;
  readonly alias: DataLoader<UnderAlias, PastHolder | null>;
}

export function createPast(db: Pick<PrismaClient, "$queryRaw">): (at: Date) => Past {
  const pasts = new Map<number, Past>();
  return (at) => {
    const past = pasts.get(at.getTime()) ?? pastAt(db, at);
    pasts.set(at.getTime(), past);
    return past;
  };
}

function pastAt(db: Pick<PrismaClient, "$queryRaw">, at: Date): Past {
  const load = <Key, Value>(read: (keys: readonly Key[]) => Promise<Value[]>) =>
    new DataLoader<Key, Value>(read, { cache: false });
  return {
    holder: load((keys: readonly OnStage[]) => findHoldersAt(db, keys, at)),
    count: load((keys: readonly OnStage[]) => countInStageAt(db, keys, at)),
    alias: load((keys: readonly UnderAlias[]) => findAliasesAt(db, keys, at)),
  };
}
