export interface Intended {
  /** Where it is: program, step and field. */
  readonly at: RegExp;
  readonly reason: string;
}

/** The texts of errors of these steps. */
function wordingOf(program: string, ...steps: readonly string[]): Intended[] {
  return steps.map((step) => ({
    at: new RegExp(`^${program}: ${literally(step)}\\.raises\\.message$`),
    reason: `${program}: ${step}: the same type and code of error, in words of our own`,
  }));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** What a client gets otherwise from this server than from MLflow's, with the reason. */
export const INTENDED: readonly Intended[] = [
  {
    at: /^logged_models: create one of a missing run\./,
    reason: "A run that is not here made nothing that is here: 404. MLflow keeps the id.",
  },
  {
    at: /^logged_models: register what is not there\.outcome/,
    reason: "A logged model that the registry does not know is of another tracking server, and its id is kept.",
  },
  {
    at: /^logged_models: the run that made it\.returns\.outputs/,
    reason: "A logged model is an output of its source run as soon as it is made.",
  },
  {
    at: /^logged_models: search metrics\.auc = 'x'\.raises/,
    reason: "A client's mistake is 400. MLflow answers 500, which its client repeats seven times.",
  },
  {
    at: /^registry: rename to a taken name\.raises\.message|^tracking: create it twice\.raises\.message/,
    reason: "No SQL in messages.",
  },
  {
    at: /^run_search: runs: (status|run_name) (NOT )?IN .*\.outcome|^run_search: experiments: name IN .*\.outcome/,
    reason: "IN for every attribute; MLflow has it for ids only.",
  },
  {
    at: /^run_search: runs by \['`Run name` DESC'\]\.outcome|^run_search: experiments: attributes\.name = 'searched'\.outcome/,
    reason: "The same names of attributes in filters and orders of every noun.",
  },
  {
    at: /^registry_search: time after (a model's tag|an alias|a version's tag|an alias of it)\.returns$/,
    reason: "A tag or an alias changes a model or a version, and so the time of its last change.",
  },
  {
    at: /^registry_search: time after a move to where it is\.returns$/,
    reason: "A move to the stage where the version is changes nothing.",
  },
  {
    at: /^run_search: experiments by \['last_update_time DESC', 'name'\]\.returns/,
    reason: "A tag changes an experiment, and so the time of its last change.",
  },
  {
    at: /^tracking: (history of infinity|the run)\.returns\..*(value|inf)$/,
    reason: "Infinity comes back as it was logged; from MLflow as 1.8e308.",
  },
  { at: /^tracking: the running run\.returns\.end_time/, reason: "A run that goes on has no end." },
  {
    at: /^tracking: (log to it|a run in the deleted experiment)\.raises/,
    reason: "What is deleted is missing for whoever would change it: 404.",
  },
  ...wordingOf("artifacts", "a place above", "read what is not there"),
  ...wordingOf("logged_models", "search nonsense", "search by [{'field_name': 'nonsense', 'ascending': True}]"),
  ...wordingOf("registry", "create a version from a folder", "create a version with .."),
  ...wordingOf(
    "registry_search",
    "models: tags.team IN ('risk', 'growth')",
    "models: name = Search",
    "models: name > 'Search A'",
    "models: name = 'a' OR name = 'b'",
    "models: name =",
    "versions: stage = 'None'",
    "versions: current_stage = 'None'",
    "models by ['nonsense']",
    "models by ['name x']",
    "versions by ['nonsense']",
    "a bad page",
  ),
  ...wordingOf(
    "run_search",
    "runs: params.lr > '0'",
    "runs: metrics.loss LIKE 1",
    "runs: params.lr = 0.1",
    "runs: status = FINISHED",
    "runs: nonsense",
    "runs: nonsense.a = 1",
    "runs: metrics.loss < 0.5 OR params.lr = '0.1'",
    "runs: attributes.nonsense = 'x'",
    "runs by ['nonsense']",
    "runs by ['metrics.loss SIDEWAYS']",
    "too many runs",
    "a bad page",
    "experiments: nonsense = 'x'",
    "experiments: name > 'a'",
    "experiments by ['nonsense']",
  ),
  ...wordingOf("tracking", "log a metric with a bad name", "log at a negative time", "log a changed param in a batch"),
];
