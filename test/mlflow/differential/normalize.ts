/** What a client got of a call: one line of record.py. */
export interface Recorded {
  readonly program: string;
  readonly step: string;
  readonly returns?: unknown;
  readonly raises?: { readonly type: string; readonly code: string | null; readonly message: string };
}

const DAY_MS = 86_400_000;
const LOGGED_MODEL_ID = /\bm-[0-9a-f]{32}\b/g;
const ID = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g;
const PLACE = /(mlflow-artifacts:\/|artifacts\/)(\d+)(?=\/)/g;
const EXPERIMENT_IN_TEXT = /\b(experiment[_ ]?(?:id)? ?'?|id=)(\d{1,5})\b/gi;
const RANDOM_NAME = /^[a-z]+-[a-z]+-\d{1,4}$/;
/** MLflow 3.17 adds two fields to its errors, which its clients ignore. */
const ERROR_CLASS = /, "sqlstate": "\w+", "error_class": "\w+"(?=\})/g;
const NUMBER = /^\d{1,5}$/;
const TEMPORARY = /\/tmp\/[\w.-]+/g;

/** Replaces what two servers choose differently: ids, times, random names and addresses. Equal ones stay equal. */
export function createNormalizer(url: string, now: number) {
  const seen = new Map<string, string>();
  const stand = (kind: string, value: string) => {
    const key = `${kind} ${value}`;
    const known = seen.get(key);
    if (known) return known;
    const count = [...seen.keys()].filter((each) => each.startsWith(`${kind} `)).length + 1;
    seen.set(key, `<${kind}#${count}>`);
    return `<${kind}#${count}>`;
  };
  const experiment = (value: string) => (value === "0" || value === "987654" ? value : stand("experiment", value));

  const inText = (text: string): string =>
    text
      .replaceAll(url, "<server>")
      .replaceAll("0".repeat(32), "<no id>")
      .replace(LOGGED_MODEL_ID, (id) => stand("logged-model", id))
      .replace(ID, (id) => stand("id", id))
      .replace(PLACE, (_, before: string, id: string) => before + experiment(id))
      .replace(EXPERIMENT_IN_TEXT, (_, before: string, id: string) => before + experiment(id))
      .replace(TEMPORARY, "<folder>")
      .replace(ERROR_CLASS, "")
      .replaceAll('":"', '": "')
      .replaceAll('","', '", "')
      .replace(RANDOM_NAME, "<random name>");

  const walk = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((each) => walk(each, name));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
    }
    if (typeof value === "number") return Math.abs(value - now) < DAY_MS ? "<now>" : value;
    if (typeof value !== "string") return value;
    return name === "experiment_id" || (name === "returns" && NUMBER.test(value)) ? experiment(value) : inText(value);
  };
  return (recorded: Recorded) => walk(recorded, "") as Recorded;
}
