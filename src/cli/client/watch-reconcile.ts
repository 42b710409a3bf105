import { reasonOf } from "../../client/connection.js";
import { reconcile } from "../../client/reconcile.js";
import type { Place, Standing } from "../../client/reconcile-options.js";
import { misuse } from "../io/command-io.js";
import { execCommand } from "./exec-command.js";
import { parseStages, secondsOf, toSentence, type WatchCommandOptions, type WatchSession } from "./watch-session.js";

function parsePlace({ stage, alias = [] }: WatchCommandOptions): Place {
  const places: Place[] = [
    ...(parseStages("--stage", stage === undefined ? [] : [stage]) ?? []).map((each) => ({ stage: each })),
    ...alias.map((each) => ({ alias: each })),
  ];
  const [place, another] = places;
  if (!place || another) throw misuse("--reconcile needs one --stage or one --alias.");
  return place;
}

/** Level-triggered: one run for each model, for what stands there now. */
export function checkReconcile(session: WatchSession): () => Promise<void> {
  const { connection, options, exec, report, signal, out, say } = session;
  const { model, json } = options;
  const edgeOnly = (["from", "to", "since", "once", "cursorFile", "onFailure"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (edgeOnly)
    throw misuse(`--reconcile needs no --${edgeOnly.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.`);
  const at = parsePlace(options);
  if (!exec && !json) throw misuse("--reconcile needs --exec or --json.");
  const name = "stage" in at ? at.stage : at.alias;

  async function apply(standing: Standing): Promise<void> {
    const { modelName, versionNumber, digest, source } = standing;
    if (json) out(JSON.stringify({ ...standing, ...at }));
    if (!exec) return;
    await execCommand({
      ...exec,
      input: { ...standing, ...at },
      env: {
        ...{ SHELFMARK_MODEL: modelName, SHELFMARK_VERSION: String(versionNumber) },
        ...{ SHELFMARK_DIGEST: digest, SHELFMARK_SOURCE: source },
        ...("stage" in at ? { SHELFMARK_STAGE: name } : { SHELFMARK_ALIAS: name }),
      },
    });
  }

  async function tell(modelName: string, running: number | null, error: unknown): Promise<void> {
    const failed = { state: "FAILED", message: reasonOf(error) } as const;
    const outcome = error === null ? ({ state: "RUNNING", message: null } as const) : failed;
    await report
      ?.report({ modelName, follows: at, running, cursor: null, ...outcome }, signal)
      .catch((reason: Error) => say(reason.message));
  }

  return () => {
    say(`Watching ${connection.url} for what stands on ${name}${model ? ` of ${model.join(", ")}` : ""}.`);
    return reconcile({
      ...{ ...connection, at, models: model, signal },
      apply: async (standing, previous) => {
        try {
          await apply(standing);
        } catch (error) {
          await tell(standing.modelName, previous?.versionNumber ?? null, error);
          throw error;
        }
        say(`${standing.modelName} v${standing.versionNumber} is what stands on ${name}: done.`);
        await tell(standing.modelName, standing.versionNumber, null);
      },
      onFailure: ({ modelName, versionNumber }, error, waitMs) =>
        say(`${modelName} v${versionNumber}: ${reasonOf(error)} Will look again in ${secondsOf(waitMs)}.`),
      onVacant: (modelName) => say(`Nobody stands on ${name} of ${modelName} any more; nothing was run.`),
      onRetry: (reason, waitMs) => say(`${toSentence(reason)} Will connect again in ${secondsOf(waitMs)}.`),
    });
  };
}
