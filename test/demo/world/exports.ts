import type { Connection } from "../connection.js";
import { hashOf } from "./hash.js";
import type { WorldModel } from "./models.js";

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { dataset { id } } }
`;
const DERIVE = /* GraphQL */ `mutation ($input: AddLineageInput!) { addLineage(input: $input) { created } }`;

export const weekOf = (version: number) => Math.ceil(version / 4);

export const datasetOf = ({ dataset }: WorldModel, week: number) => ({
  name: dataset,
  digest: hashOf(`${dataset} ${week}`).slice(0, 16),
});

/** Each week one export of the warehouse, from which the data of all models was made: if it was wrong, much is. */
export async function deriveDatasets(server: Connection, models: readonly WorldModel[]): Promise<void> {
  const weeks = weekOf(Math.max(...models.map(({ versions }) => versions)));
  for (let week = 1; week <= weeks; week++) {
    const identity = { name: "warehouse-export", digest: hashOf(`warehouse ${week}`).slice(0, 16) };
    await server.request(REGISTER, { input: { ...identity, source: `s3://warehouse/exports/week-${week}` } });
    for (const model of models) {
      if (week > weekOf(model.versions)) continue;
      const [from, to] = [identity, datasetOf(model, week)].map((each) => ({ dataset: { identity: each } }));
      await server.request(DERIVE, { input: { from, to, context: "features" } });
    }
  }
}
