import type DataLoader from "dataloader";
import type { Stage } from "../../domain/versions/stage.js";
import { countInStageAt, findAliasesAt, findHoldersAt, type PastHolder } from "../../store/versions/time-travel.js";
import type { ReadDatabase } from "../request/context.js";
import { batched, perRequest } from "../request/loaders.js";

interface OnStage {
  readonly modelId: string;
  readonly stage: Stage;
}

interface UnderAlias {
  readonly modelId: string;
  readonly alias: string;
}

/** The stages and aliases at one time. Each look-up is one statement for all rows of a page. */
interface TimeTravel {
  readonly holder: DataLoader<OnStage, PastHolder | null>;
  readonly count: DataLoader<OnStage, number>;
  readonly alias: DataLoader<UnderAlias, PastHolder | null>;
}

function createTimeTravel(db: ReadDatabase): (at: Date) => TimeTravel {
  const known = new Map<number, TimeTravel>();
  return (at) => {
    const travel = known.get(at.getTime()) ?? {
      holder: batched((keys: readonly OnStage[]) => findHoldersAt(db, keys, at)),
      count: batched((keys: readonly OnStage[]) => countInStageAt(db, keys, at)),
      alias: batched((keys: readonly UnderAlias[]) => findAliasesAt(db, keys, at)),
    };
    known.set(at.getTime(), travel);
    return travel;
  };
}

const travelOf = perRequest(createTimeTravel);

export function timeTravel(context: Parameters<typeof travelOf>[0], at: Date): TimeTravel {
  return travelOf(context)(at);
}
