import type { Viewer } from "../../domain/access/actor.js";
import type { Scope } from "../../domain/access/scopes.js";
import {
  CLOCK_SKEW_MS,
  type DeploymentHealth,
  type DeploymentState,
  MESSAGE_MAX,
  parsePlace,
  RUNNING_MAX,
  TTL_MAX_SECONDS,
  WEIGHT_MAX,
} from "../../domain/deployments/deployment.js";
import { ForbiddenError, InvalidInputError } from "../../domain/errors.js";
import { decodeStreamCursor, encodeStreamCursor } from "../../domain/events/stream-cursor.js";
import { parseClientTime } from "../../domain/tracking/metric.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import type { JsonObject } from "../../domain/values/json.js";
import { requireAtMost } from "../../domain/values/list.js";
import { parseText } from "../../domain/values/text.js";
import { parseAlias } from "../../domain/versions/alias.js";
import type { Stage } from "../../domain/versions/stage.js";
import type { Deployment } from "../../store/generated/client.js";
import type { VersionReference } from "../../store/versions/version-lookup.js";
import type { ModelRef } from "../across/lookup.js";
import type { CommandContext } from "../command.js";

/** Which deployment: a model on an endpoint of an environment. */
export interface DeploymentPlace {
  readonly environment: string;
  readonly endpoint: string;
  readonly model: ModelRef;
}

export type Follows = { readonly stage: Stage } | { readonly alias: string };

/** What a serving environment says of itself: every report says all of it, so what is absent is not so. */
export interface ReportDeploymentInput extends DeploymentPlace {
  readonly follows?: Follows | null | undefined;
  readonly running: readonly { readonly version: VersionReference; readonly weight?: number | null | undefined }[];
  readonly state: DeploymentState;
  readonly health?: DeploymentHealth | null | undefined;
  readonly message?: string | null | undefined;
  readonly observedCursor?: string | null | undefined;
  readonly observedAt?: Date | null | undefined;
  readonly ttlSeconds?: number | null | undefined;
}

export function parseDeploymentPlace(context: CommandContext, input: DeploymentPlace, scope: Scope): DeploymentPlace {
  const environment = parsePlace("input.environment", input.environment);
  const endpoint = parsePlace("input.endpoint", input.endpoint);
  requireCoveredEnvironment(context.viewer, environment, scope);
  return { environment, endpoint, model: input.model };
}

/** An environment that the token's `environments` claim does not cover is refused before anything is looked up. */
function requireCoveredEnvironment(viewer: Viewer, environment: string, scope: Scope): void {
  if (matchesAnyGlob(viewer.environmentGlobs, environment)) return;
  throw new ForbiddenError(`The environments claim of this token does not cover the environment "${environment}".`, [
    scope,
  ]);
}

/** Checks what needs no look-up. */
export function checkReport(input: ReportDeploymentInput): void {
  const { running, message, observedCursor, ttlSeconds } = input;
  requireAtMost("input.running", running, RUNNING_MAX);
  for (const [i, { weight }] of running.entries()) requireRange(`input.running[${i}].weight`, weight, 0, WEIGHT_MAX);
  if (typeof message === "string") parseText("input.message", message, MESSAGE_MAX);
  requireRange("input.ttlSeconds", ttlSeconds, 1, TTL_MAX_SECONDS);
  if (typeof observedCursor === "string") requireStreamCursor("input.observedCursor", observedCursor);
}

/** Decoding passes over what is not base64url, so a cursor is kept only as it was given out. */
function requireStreamCursor(field: string, text: string): void {
  const cursor = decodeStreamCursor(text);
  if (!cursor || encodeStreamCursor(cursor) !== text) {
    throw new InvalidInputError(field, `${field} is not a cursor of a stream.`);
  }
}

function requireRange(field: string, value: number | null | undefined, min: number, max: number): void {
  if (value === null || value === undefined || (value >= min && value <= max)) return;
  throw new InvalidInputError(field, `${field} is ${value}; it must be ${min} to ${max}.`);
}

/** A report from the future would shut out every later one. */
export function parseObservedAt(observedAt: Date | null | undefined, now: Date): Date {
  if (!observedAt) return now;
  parseClientTime("input.observedAt", observedAt);
  if (observedAt.getTime() <= now.getTime() + CLOCK_SKEW_MS) return observedAt;
  throw new InvalidInputError(
    "input.observedAt",
    `input.observedAt must not be more than ${CLOCK_SKEW_MS / 1000} seconds ahead of this server's clock.`,
  );
}

type Target = Pick<Deployment, "followsStage" | "followsAlias">;

export function parseFollows(follows: Follows | null | undefined): Target {
  if (!follows) return { followsStage: null, followsAlias: null };
  return "stage" in follows
    ? { followsStage: follows.stage, followsAlias: null }
    : { followsStage: null, followsAlias: parseAlias("input.follows.alias", follows.alias) };
}

/** To write the target, even to the same, settles all deployments of the model: a heartbeat does not. */
export function changedTarget(before: Target, { followsStage, followsAlias }: Target): Partial<Target> {
  const same = before.followsStage === followsStage && before.followsAlias === followsAlias;
  return same ? {} : { followsStage, followsAlias };
}

export function tellTarget({ followsStage, followsAlias }: Target): JsonObject | null {
  if (followsStage !== null) return { stage: followsStage };
  return followsAlias === null ? null : { alias: followsAlias };
}
