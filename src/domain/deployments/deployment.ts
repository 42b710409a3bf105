import { InvalidInputError } from "../errors.js";
import { parseLine } from "../values/text.js";

export const DEPLOYMENT_STATES = ["PENDING", "DEPLOYING", "RUNNING", "FAILED", "STOPPED"] as const;
/** Where a rollout is. */
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

export const DEPLOYMENT_HEALTHS = ["UNKNOWN", "HEALTHY", "DEGRADED", "UNHEALTHY"] as const;
/** How well a deployment serves. */
export type DeploymentHealth = (typeof DEPLOYMENT_HEALTHS)[number];

export const PLACE_MAX = 256;
export const MESSAGE_MAX = 5_000;
/** The most versions that one deployment runs at once. */
export const RUNNING_MAX = 20;
/** A report from further ahead than this is a wrong clock, and would shut out every later one. */
export const CLOCK_SKEW_MS = 60_000;
/** A year. */
export const TTL_MAX_SECONDS = 31_536_000;
/** Gateway API, HTTPBackendRef.weight. */
export const WEIGHT_MAX = 1_000_000;

/** The name of an environment or of an endpoint in it. */
export function parsePlace(field: string, name: string): string {
  parseLine(field, name, PLACE_MAX);
  if (name.trim() !== name) throw new InvalidInputError(field, `${field} must not begin or end with a blank.`);
  return name;
}
