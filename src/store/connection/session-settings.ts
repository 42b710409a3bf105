/** The settings of every session, on both databases. */
const SESSION_SETTINGS = {
  // Prisma's adapter writes times without an offset.
  TimeZone: "UTC",
  // Pages are read in the order of an index. With the default, which is for spinning disks, the planner sometimes sorts all
  // versions of a large model instead of reading twenty of them from the index.
  random_page_cost: "1.1",
  // A page stops after its last row. Workers read ahead of it, twenty times as much as the page needs.
  max_parallel_workers_per_gather: "0",
  // Its cache is set up for all rows of a table, which costs as much as the whole page that is read then.
  enable_memoize: "off",
  // With 4 MB, counting two hundred thousand versions sorts by random reads instead of making a hash table of them.
  work_mem: "16MB",
  // It compiles for half a second what runs for less.
  jit: "off",
} as const;

/** The settings as options of PostgreSQL's command line. */
export function sessionOptions(more: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries({ ...SESSION_SETTINGS, ...more }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
