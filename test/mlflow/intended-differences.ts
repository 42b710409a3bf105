const UNKNOWN = "Ids of runs and models that the registry does not know are kept: they are of another tracking server.";
const KEPT = "A PATCH without a description leaves it as it is. MLflow erases it.";
const SCHEMES = "The registry takes the schemes of SHELFMARK_SOURCE_SCHEMES, and connects to none of them.";

/** Where this API answers otherwise than MLflow 3.17.2, by the exchange of golden-registry.jsonl, with the reason. */
export const INTENDED: Readonly<Record<string, string>> = {
  "mv create lm no id": UNKNOWN,
  "mv create model_id none": UNKNOWN,
  "mv create model none": "A bucket without a path is an address, so what is missing is the model: 404.",
  "stage archive+none": "A client's mistake is 400. MLflow answers 500, which its client repeats seven times.",
  "search rm max 0": "No page token: it would lead to the same page for ever.",
  "mv update none": KEPT,
  "rm update omitted": KEPT,
  "rm rename": KEPT,
  "rm rename same": KEPT,
  "2 source abfss://c@a.dfs.core.windows.net/x": SCHEMES,
  "2 source hdfs://h:8020/x": SCHEMES,
  "2 source ftp://u@h/x": SCHEMES,
  "2 source sftp://h/x": SCHEMES,
  "2 source http://h/x": SCHEMES,
  "2 source r2://b/x": SCHEMES,
  "2 source mydummy://x/y": "A scheme that nobody set is refused, so that a mistake in writing is found at once.",
};

const PATH = "The path says which logged model; a body that does not repeat it is complete.";
const WRITTEN_ONCE =
  "A param is written once. The same value again is a request that arrived twice, another value a conflict.";
const ONCE = "Whoever says twice that a run made a logged model says it once. MLflow answers with SQL.";

/** The same for logged-models/golden.jsonl. */
export const INTENDED_OF_LOGGED_MODELS: Readonly<Record<string, string>> = {
  "lm params": PATH,
  "lm params again": WRITTEN_ONCE,
  "lm finalize": PATH,
  "lm finalize ready": PATH,
  "lm outputs none": "A run made nothing that is not here: 404. MLflow keeps the id, and shows it as an output.",
  "lm outputs no step": ONCE,
  "lm search bad filter": "A client's mistake is 400. MLflow answers 500, which its client repeats seven times.",
  "2 lm params again same": WRITTEN_ONCE,
  "2 lm params changed": WRITTEN_ONCE,
  "2 lm search status": "A status is found by its name. MLflow compares its number with the text, and finds nothing.",
};
