/** What a path belongs to: a run, or a logged model, of the experiment with the number. */
export type ArtifactPlace =
  | { readonly number: number; readonly run: string }
  | { readonly number: number; readonly loggedModel: string };

const MODEL = /^(0|[1-9]\d{0,9})\/models\/(m-[^/]+)\/artifacts(\/|$)/;
const RUN = /^(0|[1-9]\d{0,9})\/([^/]+)\/artifacts(\/|$)/;
const MAX_NUMBER = 2 ** 31 - 1;

/** The place that a path is within; null if it is within none. `artifact-address.ts` in domain/tracking makes such paths. */
export function parsePlace(path: string): ArtifactPlace | null {
  const [, ofModel, loggedModel] = MODEL.exec(path) ?? [];
  const [, ofRun, run] = RUN.exec(path) ?? [];
  const number = Number(ofModel ?? ofRun);
  if (Number.isNaN(number) || number > MAX_NUMBER) return null;
  if (loggedModel !== undefined) return { number, loggedModel };
  return run === undefined ? null : { number, run };
}
