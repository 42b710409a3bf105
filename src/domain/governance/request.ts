import { sha256 } from "../../util/sha256.js";
import { InvalidInputError } from "../errors.js";
import { canonicalJson, type JsonValue } from "../values/json.js";
import { parseOptional, parseRemark } from "../values/text.js";
import type { Stage } from "../versions/stage.js";
import type { RuleResult } from "./decision.js";
import type { Facts } from "./facts.js";
import type { Policy } from "./policy.js";
import type { RuleKind } from "./rule.js";

export const REQUEST_STATUSES = ["OPEN", "APPROVED", "EXECUTED", "REJECTED", "CANCELLED", "EXPIRED", "STALE"] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** A request that can still lead to a promotion. */
const IS_LIVE: Readonly<Record<RequestStatus, boolean>> = {
  OPEN: true,
  APPROVED: true,
  EXECUTED: false,
  REJECTED: false,
  CANCELLED: false,
  EXPIRED: false,
  STALE: false,
};

/** What a request is now: one past its time has expired, also before that is written. */
export function statusAt(
  { status, expiresAt }: { readonly status: RequestStatus; readonly expiresAt: Date },
  at: Date,
): RequestStatus {
  return IS_LIVE[status] && expiresAt <= at ? "EXPIRED" : status;
}

/** What a request and its approvals were made about. JSON, as it is stored. */
export type Seen = {
  /** The revision of each policy. */
  readonly policies: Readonly<Record<string, number>>;
  /** The stage that the version was in. */
  readonly stage: Stage;
  /** Rises with each move of the version; absent in requests from before it was kept. */
  readonly stageEntry?: number;
  /** Changes with what the version contains: it can still change while it is not READY. */
  readonly contents: string;
  /** The number of the current holder, where a rule asks that it stays the same. */
  readonly holder?: number | null;
  /** For each rule that was met by evidence, `policy 2`: the SHA-256 of that evidence. */
  readonly evidence: Readonly<Record<string, string>>;
};

/** Rules about what others write. What the move itself says, and when it comes, is looked at when it comes. */
const LOOKS_AT_EVIDENCE: Readonly<Record<RuleKind, boolean>> = {
  previous: false,
  present: true,
  runStatus: true,
  tag: true,
  metric: true,
  metricAgainstHolder: true,
  check: true,
  singleHolder: false,
  reason: false,
  approvals: false,
  freeze: false,
};

/** What somebody sees who looks at the promotion now. */
export function seenOf(policies: readonly Policy[], facts: Facts, results: readonly RuleResult[]): Seen {
  const met = results.filter(({ kind, status }) => LOOKS_AT_EVIDENCE[kind] && status === "PASSED");
  return {
    policies: Object.fromEntries(policies.map(({ name, revision }) => [name, revision])),
    stage: facts.version.stage,
    stageEntry: facts.version.stageEntry,
    contents: facts.version.contentsHash,
    ...(asksForSameHolder(policies) ? { holder: facts.holders[0]?.number ?? null } : {}),
    evidence: Object.fromEntries(met.map((result) => [keyOf(result), evidenceOf(result)])),
  };
}

/** What an approval adds to what was seen: rules that are met by now. */
export function alsoSeen(before: Seen, now: Seen): Seen {
  return { ...before, evidence: { ...now.evidence, ...before.evidence } };
}

/**
 * What changed since, as sentences; empty if all is as it was seen. A rule that was not met then may be met now: that is what
 * a request waits for.
 */
export function staleReasons(seen: Seen, now: Seen, results: readonly RuleResult[]): string[] {
  const policies = [...new Set([...Object.keys(seen.policies), ...Object.keys(now.policies)])].sort();
  const changed = policies.filter((name) => seen.policies[name] !== now.policies[name]);
  const moved = movedReasons(seen, now);
  const isSame = seen.holder === undefined || seen.holder === now.holder;
  const found = results.filter((result) => {
    const then = seen.evidence[keyOf(result)];
    return then !== undefined && then !== evidenceOf(result);
  });
  return [
    ...changed.map((name) => `The policy "${name}" changed.`),
    ...moved,
    ...(seen.contents === now.contents ? [] : ["The contents of the version changed."]),
    ...(isSame ? [] : [`${holderText(now.holder ?? null)} holds the target now.`]),
    ...found.map(({ requirement }) => `What was seen has changed for: ${requirement}`),
  ];
}

function movedReasons(seen: Seen, now: Seen): string[] {
  if (seen.stage !== now.stage) return [`The version is in ${now.stage} and was in ${seen.stage}.`];
  const isSame = seen.stageEntry === undefined || seen.stageEntry === now.stageEntry;
  return isSame ? [] : [`The version left ${now.stage}, and came back.`];
}

function holderText(holder: number | null): string {
  return holder === null ? "No version" : `Version ${holder}`;
}

function asksForSameHolder(policies: readonly Policy[]): boolean {
  return policies.some(({ mode, definition }) =>
    definition.rules.some((rule) => mode === "ENFORCE" && rule.kind === "approvals" && rule.sameHolder),
  );
}

function keyOf({ policy, position }: Pick<RuleResult, "policy" | "position">): string {
  return `${policy} ${position}`;
}

function evidenceOf({ evidence }: RuleResult): string {
  const texts = evidence.map((each) => canonicalJson(each as unknown as JsonValue));
  return sha256(texts.sort().join("\n"));
}

const COMMENT_MAX = 10_000;
const LIFETIME_DAYS_MAX = 365;
const DAY_SECONDS = 86_400;
export const DEFAULT_LIFETIME_SECONDS = 14 * DAY_SECONDS;

/** Checks a comment in Markdown: something can be read. */
export function parseComment(field: string, text: string): string {
  if (text.trim() === "") throw new InvalidInputError(field, `${field} must not be blank.`);
  return parseRemark(field, text, COMMENT_MAX);
}

/** The same for a comment that may be left out. */
export function parseOptionalComment(field: string, text: string | null | undefined): string | null {
  return parseOptional(text, (given) => parseComment(field, given)) ?? null;
}

/** Checks for how many seconds a request is open: a minute to a year. */
export function parseLifetime(field: string, seconds: number | null | undefined): number {
  if (seconds === null || seconds === undefined) return DEFAULT_LIFETIME_SECONDS;
  if (seconds >= 60 && seconds <= LIFETIME_DAYS_MAX * DAY_SECONDS) return seconds;
  throw new InvalidInputError(
    field,
    `${field} must be 60 to ${LIFETIME_DAYS_MAX * DAY_SECONDS} seconds: a minute to a year.`,
  );
}
