import type { ReactNode } from "react";

export type Tone = "neutral" | "green" | "amber" | "red" | "violet" | "accent";

const STAGE_TONES: Readonly<Record<string, Tone>> = { PRODUCTION: "green", STAGING: "amber", ARCHIVED: "neutral" };
const STATUS_TONES: Readonly<Record<string, Tone>> = {
  ...{ READY: "green", PENDING: "amber", FAILED: "red", PASSED: "green", EVALUATED: "violet" },
  ...{ OPEN: "accent", APPROVED: "green", EXECUTED: "green", REJECTED: "red", STALE: "amber" },
  ...{ HEALTHY: "green", DEGRADED: "amber", UNHEALTHY: "red", RUNNING: "green", DEPLOYING: "amber" },
};

export function Badge({ tone = "neutral", title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={`badge ${tone}`} title={title}>
      {children}
    </span>
  );
}

export function StageBadge({ stage }: { stage: string }) {
  return <Badge tone={STAGE_TONES[stage] ?? "neutral"}>{stage}</Badge>;
}

/** What a policy guards: a stage in its color, or an alias. */
export function TargetBadge({ target }: { target: string }) {
  return <Badge tone={STAGE_TONES[target] ?? "violet"}>{target}</Badge>;
}

export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={STATUS_TONES[status] ?? "neutral"}>{status}</Badge>;
}
