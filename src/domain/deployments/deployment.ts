import { parseAnyLine, parseTrimmedLine } from "../values/text.js";

export const DEPLOYMENT_STATES = ["PENDING", "DEPLOYING", "RUNNING", "FAILED", "STOPPED"] as const;
/** How far a rollout is. */
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

export const DEPLOYMENT_HEALTHS = ["UNKNOWN", "HEALTHY", "DEGRADED", "UNHEALTHY"] as const;
/** How well a deployment serves. */
export type DeploymentHealth = (typeof DEPLOYMENT_HEALTHS)[number];

const PLACE_MAX = 256;
export const MESSAGE_MAX = 5_000;
/** The most versions that one deployment runs at the same time. */
export const RUNNING_MAX = 20;
/** A report with a time further ahead comes from a wrong clock, and would block every later report. */
export const CLOCK_SKEW_MS = 60_000;
/** One year. */
export const TTL_MAX_SECONDS = 31_536_000;
/** Gateway API, HTTPBackendRef.weight. */
export const WEIGHT_MAX = 1_000_000;

/** Checks the name of a new environment, or of a new endpoint in it. */
export function parsePlace(field: string, name: string): string {
  return parseTrimmedLine(field, name, PLACE_MAX);
}

/** Checks the name of an environment or endpoint that may exist. */
export function parseKnownPlace(field: string, name: string): string {
  return parseAnyLine(field, name, PLACE_MAX);
}
