import type { VariablesOf } from "../../graphql/graphql";
import type { DEPLOYMENTS } from "./deployments-query";

export const CONDITIONS = ["drifted", "stale", "unwell"] as const;

/** What the address of the page says. */
export interface DeploymentSearch {
  /** A part of the name of a model or of an endpoint. */
  readonly q?: string | undefined;
  readonly environment?: string | undefined;
  readonly only?: (typeof CONDITIONS)[number] | undefined;
  /** The deployment whose history is open. */
  readonly open?: string | undefined;
}

type Filter = NonNullable<VariablesOf<typeof DEPLOYMENTS>["where"]>;

const CONDITION_FILTERS: Readonly<Record<(typeof CONDITIONS)[number], Filter>> = {
  drifted: { drifted: true },
  stale: { stale: true },
  unwell: { health: ["DEGRADED", "UNHEALTHY"] },
};

export function parseDeploymentSearch(search: Record<string, unknown>): DeploymentSearch {
  const text = (key: "q" | "environment" | "open") => {
    const value = search[key];
    return typeof value === "string" || typeof value === "number" ? { [key]: String(value) } : {};
  };
  const only = CONDITIONS.find((each) => each === search.only);
  return { ...text("q"), ...text("environment"), ...text("open"), ...(only && { only }) };
}

export function toDeploymentFilter({ q, environment, only }: DeploymentSearch): Filter | null {
  const filters: Filter[] = [
    ...(q ? [{ OR: [{ model: { containsIgnoreCase: q } }, { endpoint: { containsIgnoreCase: q } }] }] : []),
    ...(environment ? [{ environment: { equals: environment } }] : []),
    ...(only ? [CONDITION_FILTERS[only]] : []),
  ];
  return filters.length > 0 ? { AND: filters } : null;
}
