export const CHECK_STATUSES = ["PENDING", "PASSED", "FAILED"] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];
