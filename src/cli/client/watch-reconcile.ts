import { reasonOf } from "../../client/connection.js";
import { reconcile } from "../../client/reconcile.js";
import type { Place, Standing } from "../../client/reconcile-options.js";
import { FIELD_SCOPE } from "../../domain/access/scopes.js";
import { once } from "../../util/once.js";
import { misuse } from "../io/command-io.js";
import { execCommand } from "./exec-command.js";
import {
  describeRetry,
  describeSeconds,
  parseStages,
  type WatchCommandOptions,
  type WatchSession,
} from "./watch-session.js";

const CHANGE_OPTIONS = {
  from: "--from",
  to: "--to",
  since: "--since",
  once: "--once",
  cursorFile: "--cursor-file",
  onFailure: "--on-failure",
} as const satisfies Partial<Record<keyof WatchCommandOptions, string>>;

/** Level-triggered: one run for each model, for the version that is at the place now. Returns what starts it. */
export function prepareReconcile(session: WatchSession): () => Promise<void> {
  const { connection, options, signal, note } = session;
  const at = parsePlace(options);
  requireReconcileOptions(session);
  const name = "stage" in at ? at.stage : at.alias;
  const models = options.model;
  const run = createRun(session, at);
  const report = createReport(session, at);
  return () => {
    note(
      `Watching ${connection.url} for the versions ${describePlace(at)}${models ? ` of ${models.join(", ")}` : ""}.`,
    );
    return reconcile({
      ...connection,
      at,
      models,
      signal,
      apply: async (standing, previous) => {
        try {
          await run(standing);
        } catch (error) {
          await report(standing.modelName, previous?.versionNumber ?? null, error);
          throw error;
        }
        note(`${standing.modelName} v${standing.versionNumber} is at ${name}: done.`);
        await report(standing.modelName, standing.versionNumber, null);
      },
      onFailure: ({ modelName, versionNumber }, error, waitMs) =>
        note(`${modelName} v${versionNumber}: ${reasonOf(error)} Next attempt in ${describeSeconds(waitMs)}.`),
      onVacant: (modelName) => note(`No version of ${modelName} is at ${name} any more; nothing was run.`),
      onRetry: (reason, waitMs) => note(describeRetry(reason, waitMs)),
    });
  };
}

function describePlace(at: Place): string {
  return "stage" in at ? `on the stage ${at.stage}` : `under the alias ${at.alias}`;
}

function parsePlace({ stage, alias = [] }: WatchCommandOptions): Place {
  const stages = parseStages("--stage", stage === undefined ? [] : [stage]) ?? [];
  const places: Place[] = [...stages.map((each) => ({ stage: each })), ...alias.map((each) => ({ alias: each }))];
  const [place, another] = places;
  if (!place || another) throw misuse("--reconcile needs one --stage or one --alias.");
  return place;
}

function requireReconcileOptions({ exec, options }: WatchSession): void {
  for (const [name, flag] of Object.entries(CHANGE_OPTIONS)) {
    if (options[name as keyof typeof CHANGE_OPTIONS] !== undefined)
      throw misuse(`${flag} cannot be used with --reconcile.`);
  }
  if (!exec && !options.json) throw misuse("--reconcile needs --exec or --json.");
}

/** Prints a version and runs the command for it. */
function createRun({ exec, options, out, note }: WatchSession, at: Place): (standing: Standing) => Promise<void> {
  const warnOfWithheldSource = once(() =>
    note(
      `The token lacks the scope ${FIELD_SCOPE["ModelVersion.source"]}, so SHELFMARK_SOURCE is not set and the source in the JSON is null.`,
    ),
  );
  return async (standing) => {
    const { modelName, versionNumber, digest, source } = standing;
    // a version always has a source, so null means that the token may not read it
    if (source === null) warnOfWithheldSource();
    if (options.json) out(JSON.stringify({ ...standing, ...at }));
    if (!exec) return;
    await execCommand({
      ...exec,
      input: { ...standing, ...at },
      env: {
        SHELFMARK_MODEL: modelName,
        SHELFMARK_VERSION: String(versionNumber),
        SHELFMARK_DIGEST: digest,
        SHELFMARK_SOURCE: source,
        ...("stage" in at ? { SHELFMARK_STAGE: at.stage } : { SHELFMARK_ALIAS: at.alias }),
      },
    });
  };
}

/** Reports what runs now, if --report is given. A failed report is only noted. */
function createReport({ reporter, signal, note }: WatchSession, at: Place) {
  return async (modelName: string, running: number | null, error: unknown): Promise<void> => {
    const state = error === null ? "RUNNING" : "FAILED";
    const message = error === null ? null : reasonOf(error);
    await reporter
      ?.report({ modelName, follows: at, running, cursor: null, state, message }, signal)
      .catch((reason: Error) => note(reason.message));
  };
}
