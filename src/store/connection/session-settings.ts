/** What every session of ours has, on both databases. */
export const SESSION_SETTINGS = {
  // Prisma's adapter writes times without an offset.
  TimeZone: "UTC",
  // Pages are read in an index's order. With the cost of spinning disks the planner would now and then rather sort all
  // versions of a large model than walk twenty of them.
  random_page_cost: "1.1",
} as const;

/** The settings as PostgreSQL's command line takes them. */
export function sessionOptions(more: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries({ ...SESSION_SETTINGS, ...more }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
