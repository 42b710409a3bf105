import { authorOf } from "../access/author.js";
import { COMMAND_SCOPE, holdsScope, type Scope } from "../access/scopes.js";
import { mayEnter, type Stage, scopesOfMove } from "../versions/stage.js";
import type { ModelVersionStatus } from "../versions/version.js";
import { refusalsToMove } from "./movers.js";
import type { Policy } from "./policy.js";
import type { Mover } from "./requester-rights.js";
import { isGuardedStage, type PromotionTarget } from "./target.js";

interface Promoted {
  readonly number: number;
  readonly stage: Stage;
  readonly status: ModelVersionStatus;
}

/** What is in the way of a move beside rules, as sentences. `selecting` are the policies that select the model. */
export function obstaclesTo(
  mover: Mover,
  version: Promoted,
  target: PromotionTarget,
  selecting: readonly Policy[],
): string[] {
  const places = [...placesLeft(version, target), target];
  const refused = places.flatMap((place) => refusalsToMove(selecting, place, authorOf(mover)));
  return [...obstaclesOf(mover, version, target), ...refused.map(({ message }) => message)];
}

function obstaclesOf(mover: Mover, { number, stage, status }: Promoted, target: PromotionTarget): string[] {
  if ("alias" in target) return missingScopes(mover, [COMMAND_SCOPE.setAlias]);
  const { stage: to } = target;
  return [
    ...missingScopes(mover, scopesOfMove(stage, to)),
    ...(stage === to ? [`Version ${number} is already in ${to}.`] : []),
    ...(mayEnter(to, status) ? [] : [`Version ${number} is ${status}; only READY versions enter ${to}.`]),
  ];
}

function missingScopes({ scopes }: Mover, required: readonly Scope[]): string[] {
  return required
    .filter((scope) => !holdsScope(scopes, scope))
    .map((scope) => `The move requires the scope ${scope}, which this token does not have.`);
}

/** A move between stages leaves one, and a policy may name who moves versions off it. */
function placesLeft({ stage }: Promoted, target: PromotionTarget): PromotionTarget[] {
  return "stage" in target && isGuardedStage(stage) && stage !== target.stage ? [{ stage }] : [];
}
