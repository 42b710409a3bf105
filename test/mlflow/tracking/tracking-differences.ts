const POSITIONS = "Page tokens are positions in a search, not offsets: one of another server means nothing here.";
const WHOLE = "A value that would be kept as another one is refused.";
const FREE_NAME = "The name of a deleted experiment is free, and get-by-name finds the living one first.";
const HIDDEN = "What is deleted is missing for whoever would change it: 404.";
const NOT_OURS = "A client's mistake is 400. MLflow answers 500, which its client repeats seven times.";

/** Where tracking answers otherwise than MLflow 3.17.2, by the exchange of golden-tracking.jsonl, with the reason. */
export const INTENDED_OF_TRACKING: Readonly<Record<string, string>> = {
  "array body": NOT_OURS,
  "exp location dotdot": "An address with `..` may be one of other artifacts.",
  "exp search page2": POSITIONS,
  "history page2": POSITIONS,
  "exp create name of deleted": FREE_NAME,
  "exp by name deleted": FREE_NAME,
  "run create float time": WHOLE,
  "metric big step": WHOLE,
  "2 history ns": WHOLE,
  "metric raw NaN literal": "NaN is no JSON. Clients send the text.",
  "metric model id none": "A logged model that is not known is left out, as MLflow leaves out an unknown dataset.",
  "update back to running": "A run that goes on has no end.",
  "inputs no dataset": "An input without a dataset is none.",
  "2 runs search dataset": "The context of a dataset is not lost when the dataset was logged without one before.",
  "2 tag on deleted": HIDDEN,
  "2 tag deleted exp": HIDDEN,
  "2 search runs of deleted exp": "Runs of a deleted experiment are missing until it is restored.",
  "2 update deleted exp": HIDDEN,
};
