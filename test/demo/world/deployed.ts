import type { Connection } from "../connection.js";
import { versionOf } from "./governed.js";
import type { WorldModel } from "./models.js";

const REPORT = /* GraphQL */ `
  mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { deployment { id } } }
`;

/**
 * Each model runs in two regions; in one of them a single model runs an old version. A candidate has a tenth of the traffic
 * of a canary, and a shop's own server has not reported for longer than it promised.
 */
export async function reportDeployments(
  server: Connection,
  models: readonly WorldModel[],
  holders: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [i, { name, versions, tier }] of models.entries()) {
    const holder = holders.get(name);
    if (holder === undefined) continue;
    const running = (number: number, weight = 1) => ({ version: versionOf(name, number), weight });
    const report = (environment: string, more: Record<string, unknown>) =>
      server.request(REPORT, {
        input: {
          ...{ environment, endpoint: "scorer", model: { name }, follows: { stage: "PRODUCTION" }, state: "RUNNING" },
          ...{ health: "HEALTHY", running: [running(holder)], ...more },
        },
      });
    const isBehind = i === 0 && holder > 1;
    await report("prod-eu", {});
    await report("prod-us", isBehind ? { health: "DEGRADED", running: [running(holder - 1)] } : {});
    if (tier === "critical" && holder < versions)
      await report("canary", {
        follows: undefined,
        running: [running(holder, 90), running(versions, 10)],
      });
    if (i === 1) await report("store-0042", { endpoint: "checkout", ttlSeconds: 1 });
  }
}
