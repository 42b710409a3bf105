export const DELIVERY_STATUSES = ["PENDING", "DELIVERED", "FAILED"] as const;
export const FIRST_DELIVERIES = 20;
export const MAX_DELIVERIES = 200;
export const DAYS = [7, 30, 90, 365] as const;

interface DeliveriesSearch {
  readonly status?: (typeof DELIVERY_STATUSES)[number] | undefined;
  /** How many are shown. */
  readonly deliveries?: number;
  /** Whether the form is open. */
  readonly edit?: true | undefined;
}

export function parseDeliveries({ status, deliveries, edit }: Record<string, unknown>): DeliveriesSearch {
  const known = DELIVERY_STATUSES.find((each) => each === status);
  const count = typeof deliveries === "number" ? Math.min(Math.max(1, Math.trunc(deliveries)), MAX_DELIVERIES) : null;
  return {
    ...(known && { status: known }),
    ...(count !== null && { deliveries: count }),
    ...(edit === true && { edit }),
  };
}

interface ImpactSearch {
  /** The policy whose impact is shown. */
  readonly impact?: string | undefined;
  readonly days?: (typeof DAYS)[number] | undefined;
}

export function parseImpact({ impact, days }: Record<string, unknown>): ImpactSearch {
  const known = DAYS.find((each) => each === days);
  const isName = typeof impact === "string" || typeof impact === "number";
  return { ...(isName && { impact: String(impact) }), ...(known && { days: known }) };
}
