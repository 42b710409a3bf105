import type { As } from "../../support/server.js";
import { useCommandServer } from "../command-server.js";

/** A running version of a report. */
export const running = (number: number, weight?: number, model = "m") => ({
  version: { number: { model, number } },
  ...(weight === undefined ? {} : { weight }),
});

const REPORT = `mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { applied deployment {
  id drifted stale state health message lastReportedAt ttlSeconds follows { stage alias } desired { number }
  running { number weight since modelVersion { number } } history { totalCount } } } }`;

/** A server with three versions of the model "m" and one of "n", and what reports their deployments. */
export function useDeployments() {
  const commands = useCommandServer(`
    a: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    b: createModelVersion(input: {model: {name: "m"}, source: "s3://b/2"}) { modelVersion { id } }
    c: createModelVersion(input: {model: {name: "m"}, source: "s3://b/3"}) { modelVersion { id } }
    n: createModelVersion(input: {model: {name: "n"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
    p: transitionModelVersion(input: {version: {number: {model: "m", number: 1}}, to: PRODUCTION}) { modelVersion { id } }
    s: setAlias(input: {model: {name: "m"}, alias: "champion", number: 2}) { alias { name } }`);

  /** Reports a deployment of "m" on "scorer", unless the input differs. Returns the answer, or the refusal. */
  async function report(input: object, as?: As) {
    const defaults = {
      environment: "prod-eu",
      endpoint: "scorer",
      model: { name: "m" },
      state: "RUNNING",
      running: [],
    };
    const { data, errors } = await commands.request(REPORT, { input: { ...defaults, ...input } }, as);
    return data?.reportDeployment ?? { refusal: errors?.[0]?.extensions };
  }

  return { commands, report };
}
