/**
 * Columns with ids and other values that occur about equally often, so that one plan serves all of them, and counters
 * that a statement computes itself.
 */
const EVEN_COLUMNS = new Set([
  ...["id", "liveName", "number", "revision", "index", "depth", "visited", "reached", "bytes"],
  ...["modelId", "versionId", "experimentId", "runId", "datasetId", "deploymentId", "webhookId", "seriesId"],
  ...["fromRunId", "fromDatasetId", "fromVersionId", "toRunId", "toDatasetId", "toVersionId", "toDeploymentId"],
]);

export function isEvenColumn(name: string): boolean {
  return EVEN_COLUMNS.has(name);
}

/** Tables of which one owner has few rows. */
const FEW_OF_AN_OWNER = /FROM "[^"]+"\."(?:Alias|Shelf|RunParam|\w+Tag)" AS "t0"/;

/** A column that is compared with a parameter: its alias, its name, the operator. */
const COMPARISON =
  /(?:"?(\w+)"?\.)?"(\w+)"\)?(?:::[\w".]+)?\s*(IN|=|<>|!=|<=|>=|<|>|I?LIKE)\s*(?:ANY|ALL)?\s*\(*(?:'[^']*'\s*\|\|\s*)?(?:CAST\()?\$\d+/g;

/** `$1 IS NULL OR …`: which index serves the statement depends on whether the parameter is given. */
const OPTIONAL = /\$\d+(?:::[\w[\]]+)? IS NULL/;

interface Comparison {
  readonly alias: string;
  readonly column: string;
  readonly operator: string;
}

/**
 * Whether one plan serves the statement whatever its parameters are. PostgreSQL does not look at values when it makes a
 * plan to be used again, so it expects each value as often as the average one: a plan for a tag that ten versions have
 * reads a tag of 200 000 versions whole before it shows twenty. Only reads by keys, the order of a list and writes are safe.
 */
export function isPlanReusable(sql: string): boolean {
  if (!/^\s*(SELECT|WITH)\b/i.test(sql)) return true;
  if (OPTIONAL.test(sql)) return false;
  const comparisons = findComparisons(sql);
  const single = singleRowAliases(sql, comparisons);
  return comparisons.every((each) => isEven(sql, each) || single.has(each.alias));
}

function findComparisons(sql: string): Comparison[] {
  return [...sql.matchAll(COMPARISON)].map(([, alias = "", column = "", operator = ""]) => ({
    alias,
    column,
    operator,
  }));
}

function isEven(sql: string, { alias, column, operator }: Comparison): boolean {
  // a page continues at a place in the order of its list, where an index begins to read
  return EVEN_COLUMNS.has(column) || (/^[<>]=?$/.test(operator) && sql.includes(`ORDER BY "${alias}"."${column}"`));
}

/**
 * The aliases of Prisma's statements that have one row or few, because the row at their root is found by its key: what else
 * is asked of them is only checked.
 */
function singleRowAliases(sql: string, comparisons: readonly Comparison[]): ReadonlySet<string> {
  const aliases = new Set(["t0"]);
  for (const [, joined = "", by = ""] of sql.matchAll(/ AS "(j\d+)" ON \("j\d+"\."id"\) = \("(\w+)"\."\w+"\)/g)) {
    if (aliases.has(by)) aliases.add(joined);
  }
  const isFew = FEW_OF_AN_OWNER.test(sql);
  const isFound = comparisons.some(({ alias, column, operator }) => {
    if (operator !== "=" && operator !== "IN") return false;
    if (column === "liveName") return aliases.has(alias);
    return alias === "t0" && (column === "id" || (isFew && EVEN_COLUMNS.has(column)));
  });
  return isFound ? aliases : new Set();
}
