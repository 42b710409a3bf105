/** The settings of every session, on both databases. */
const SESSION_SETTINGS = {
  // Prisma's adapter writes times without an offset.
  TimeZone: "UTC",
  // Pages are read in the order of an index. With the default, which is for spinning disks, the planner sometimes sorts all
  // versions of a large model instead of reading twenty of them from the index.
  random_page_cost: "1.1",
} as const;

/** The settings as options of PostgreSQL's command line. */
export function sessionOptions(more: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries({ ...SESSION_SETTINGS, ...more }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
