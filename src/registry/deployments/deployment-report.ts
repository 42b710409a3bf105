import type { Viewer } from "../../domain/access/actor.js";
import type { Scope } from "../../domain/access/scopes.js";
import {
  CLOCK_SKEW_MS,
  type DeploymentHealth,
  type DeploymentState,
  MESSAGE_MAX,
  parseKnownPlace,
  parsePlace,
  RUNNING_MAX,
  TTL_MAX_SECONDS,
  WEIGHT_MAX,
} from "../../domain/deployments/deployment.js";
import { ForbiddenError, InvalidInputError } from "../../domain/errors.js";
import { decodeStreamCursor, encodeStreamCursor } from "../../domain/events/stream-cursor.js";
import type { ModelRef } from "../../domain/models/model.js";
import { parseClientTime } from "../../domain/values/client-time.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import { requireAtMost } from "../../domain/values/list.js";
import { parseRemark } from "../../domain/values/text.js";
import { parseAlias } from "../../domain/versions/alias.js";
import type { Stage } from "../../domain/versions/stage.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { Deployment } from "../../store/generated/client.js";
import type { CommandContext } from "../command.js";

/** What identifies a deployment: a model on an endpoint of an environment. */
export interface DeploymentKey {
  readonly environment: string;
  readonly endpoint: string;
  readonly model: ModelRef;
}

/** The stage or the alias whose version a deployment is meant to run. */
export type Follows = { readonly stage: Stage } | { readonly alias: string };

/** The state of a deployment as its serving environment reports it. Each report is complete: absent fields are cleared. */
export interface ReportDeploymentInput extends DeploymentKey {
  readonly follows?: Follows | null | undefined;
  readonly running: readonly { readonly version: ModelVersionRef; readonly weight?: number | null | undefined }[];
  readonly state: DeploymentState;
  readonly health?: DeploymentHealth | null | undefined;
  readonly message?: string | null | undefined;
  readonly observedCursor?: string | null | undefined;
  readonly observedAt?: Date | null | undefined;
  readonly ttlSeconds?: number | null | undefined;
}

/** Checks the key, and throws FORBIDDEN, before anything is looked up, if the token does not cover the environment. */
export function parseDeploymentKey(context: CommandContext, input: DeploymentKey, scope: Scope): DeploymentKey {
  const environment = parseKnownPlace("input.environment", input.environment);
  const endpoint = parseKnownPlace("input.endpoint", input.endpoint);
  requireCoveredEnvironment(context.viewer, environment, scope);
  return { environment, endpoint, model: input.model };
}

/** Checks the names of a deployment that is to be created. */
export function requireNewPlace({ environment, endpoint }: DeploymentKey): void {
  parsePlace("input.environment", environment);
  parsePlace("input.endpoint", endpoint);
}

function requireCoveredEnvironment(viewer: Viewer, environment: string, scope: Scope): void {
  if (matchesAnyGlob(viewer.environmentGlobs, environment)) return;
  throw new ForbiddenError(`The environments claim of this token does not cover the environment "${environment}".`, [
    scope,
  ]);
}

/** Checks what can be checked without the database. */
export function checkReport(input: ReportDeploymentInput): void {
  const { running, message, observedCursor, ttlSeconds } = input;
  requireAtMost("input.running", running, RUNNING_MAX);
  for (const [i, { weight }] of running.entries()) requireRange(`input.running[${i}].weight`, weight, 0, WEIGHT_MAX);
  if (typeof message === "string") parseRemark("input.message", message, MESSAGE_MAX);
  requireRange("input.ttlSeconds", ttlSeconds, 1, TTL_MAX_SECONDS);
  if (typeof observedCursor === "string") requireStreamCursor("input.observedCursor", observedCursor);
}

/** Decoding ignores characters outside of base64url, so the text must be exactly the encoding of the cursor. */
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

/** The time of the observation; absent: now. Refuses a time in the future, which would block every later report. */
export function parseObservedAt(observedAt: Date | null | undefined, now: Date): Date {
  if (!observedAt) return now;
  parseClientTime("input.observedAt", observedAt);
  if (observedAt.getTime() <= now.getTime() + CLOCK_SKEW_MS) return observedAt;
  throw new InvalidInputError(
    "input.observedAt",
    `input.observedAt must not be more than ${CLOCK_SKEW_MS / 1000} seconds ahead of this server's clock.`,
  );
}

/** `Follows` in the columns of a deployment. */
export type FollowedTarget = Pick<Deployment, "followsStage" | "followsAlias">;

export function parseFollows(follows: Follows | null | undefined): FollowedTarget {
  if (!follows) return { followsStage: null, followsAlias: null };
  return "stage" in follows
    ? { followsStage: follows.stage, followsAlias: null }
    : { followsStage: null, followsAlias: parseAlias("input.follows.alias", follows.alias) };
}

/**
 * The columns to write if the target changes, else none: a trigger recomputes all deployments of the model when the target
 * is written, even to the same value, and a heartbeat must not cause that.
 */
export function changedTarget(
  before: FollowedTarget,
  { followsStage, followsAlias }: FollowedTarget,
): Partial<FollowedTarget> {
  const isSame = before.followsStage === followsStage && before.followsAlias === followsAlias;
  return isSame ? {} : { followsStage, followsAlias };
}
