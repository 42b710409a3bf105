/** How the URIs of a scheme are formed. */
interface SchemeForm {
  /** Whether the URI names a bucket or a host: `s3://bucket/key`, never `s3:/key`. */
  readonly needsAuthority: boolean;
  /** Whether `@` in the authority is part of an address (`abfss://container@account`) instead of a user's secret. */
  readonly hasAccount: boolean;
}

const HOST: SchemeForm = { needsAuthority: true, hasAccount: false };
const ACCOUNT: SchemeForm = { needsAuthority: true, hasAccount: true };
const PATH: SchemeForm = { needsAuthority: false, hasAccount: false };
const ACCOUNT_OR_PATH: SchemeForm = { needsAuthority: false, hasAccount: true };

/**
 * The schemes of MLflow's artifact repositories, of KServe's storage initializer and of the vendors. Those of Hadoop may leave
 * the host to the client's settings (`hdfs:///models`), those of MLflow to its tracking URI (`models:/fraud/1`).
 */
const FORMS: Readonly<Record<string, SchemeForm>> = {
  s3: HOST,
  s3a: HOST,
  s3n: HOST,
  r2: HOST,
  b2: HOST,
  gs: HOST,
  gcs: HOST,
  oss: HOST,
  cos: HOST,
  cosn: HOST,
  obs: HOST,
  tos: HOST,
  swift: HOST,
  wasb: ACCOUNT,
  wasbs: ACCOUNT,
  abfs: ACCOUNT,
  abfss: ACCOUNT,
  adl: HOST,
  azureml: PATH,
  hdfs: PATH,
  viewfs: PATH,
  webhdfs: PATH,
  swebhdfs: PATH,
  alluxio: PATH,
  pvc: HOST,
  nfs: HOST,
  // oci://bucket@namespace is an address of Oracle's object storage
  oci: ACCOUNT,
  docker: HOST,
  hf: HOST,
  ngc: HOST,
  kaggle: HOST,
  ollama: HOST,
  "model-registry": HOST,
  "wandb-artifact": HOST,
  lakefs: HOST,
  ipfs: HOST,
  arn: PATH,
  http: HOST,
  https: HOST,
  ftp: ACCOUNT,
  sftp: ACCOUNT,
  "git+https": HOST,
  "git+ssh": ACCOUNT,
  // models://profile@databricks/fraud/1: a profile in the client's settings
  models: ACCOUNT_OR_PATH,
  runs: ACCOUNT_OR_PATH,
  dbfs: ACCOUNT_OR_PATH,
  "mlflow-artifacts": PATH,
  file: PATH,
};

/** The form of a scheme, written in lower case. One that is not in the table may have any form. */
export function formOfScheme(scheme: string): SchemeForm {
  return Object.hasOwn(FORMS, scheme) ? (FORMS[scheme] ?? PATH) : PATH;
}

/** The schemes that a server for a team takes, unless its settings say otherwise. `file` is for a registry on one's own machine. */
export const TEAM_SCHEMES: readonly string[] = Object.keys(FORMS).filter((scheme) => scheme !== "file");
export const LOCAL_SCHEMES: readonly string[] = Object.keys(FORMS);

/** Schemes whose URIs run code or carry content in whatever shows them as a link. */
const NEVER: ReadonlySet<string> = new Set(["javascript", "vbscript", "data", "blob"]);
const ENTRY = /^[+-]?[a-z][a-z0-9+.-]*$/;

/** Which schemes a setting chooses: these only, or the default ones with and without some. */
export interface SchemeChoice {
  readonly only: readonly string[] | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Reads the entries of a setting: either schemes, or only entries with a leading `+` (as well) or `-` (not). Undefined if they
 * are anything else, or take a scheme away that is none of the default ones.
 */
export function parseSchemeChoice(entries: readonly string[]): SchemeChoice | undefined {
  const words = entries.map((entry) => entry.toLowerCase());
  const named = (sign: string) => words.filter((word) => word.startsWith(sign)).map((word) => word.slice(1));
  const [added, removed] = [named("+"), named("-")];
  const only = words.filter((word) => !/^[+-]/.test(word));
  const isMixed = only.length > 0 && only.length < words.length;
  const isKnown =
    words.every((word) => ENTRY.test(word)) &&
    ![...only, ...added].some((scheme) => NEVER.has(scheme)) &&
    // what is taken away must be there: else a mistake in writing would leave it in
    removed.every((scheme) => Object.hasOwn(FORMS, scheme));
  if (words.length === 0 || isMixed || !isKnown) return undefined;
  return { only: only.length > 0 ? [...new Set(only)] : null, added, removed };
}

export function chooseSchemes(defaults: readonly string[], choice: SchemeChoice | undefined): readonly string[] {
  if (!choice) return defaults;
  const kept = choice.only ?? [...new Set([...defaults, ...choice.added])];
  return kept.filter((scheme) => !choice.removed.includes(scheme));
}
