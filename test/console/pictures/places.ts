import { post } from "../../support/transports.js";

const MODEL = "card-fraud";
const IDS = /* GraphQL */ `
  query ($model: String!) {
    model(name: $model) {
      versions(first: 2) { nodes { id number run { runId } } }
      transitions(first: 1, where: { to: [PRODUCTION] }) { nodes { revision } }
      stageHolder(stage: PRODUCTION) { id }
    }
    runs(first: 4, where: { experiment: { equals: "iris-tuning" } }, orderBy: { field: METRIC, metric: "accuracy" }) {
      nodes { id runId }
    }
  }
`;

interface Ids {
  readonly model: {
    readonly versions: { readonly nodes: readonly { id: string; number: number; run: { runId: string } | null }[] };
    readonly stageHolder: { readonly id: string } | null;
    readonly transitions: { readonly nodes: readonly { revision: number }[] };
  };
  readonly runs: { readonly nodes: readonly { id: string; runId: string }[] };
}

/** The address of each page, about the model that has most, by the name of its picture. */
export async function findPlaces(link: URL): Promise<Record<string, string>> {
  const token = new URLSearchParams(link.hash.slice(1)).get("token") ?? "";
  const answer = await post(new URL("/graphql", link).href, token, { query: IDS, variables: { model: MODEL } });
  const { data, errors } = (await answer.json()) as { data: Ids; errors?: unknown };
  if (errors) throw new Error(`The ids cannot be read: ${JSON.stringify(errors)}`);
  const { model, runs } = data;
  const [last] = model.versions.nodes;
  const [run] = runs.nodes;
  const listOf = (name: string, rows: readonly { id: string }[]) =>
    `${name}=${encodeURIComponent(JSON.stringify(rows.map(({ id }) => id)))}`;
  const version = `/models/${MODEL}/versions/${last?.number}`;
  return {
    models: "/",
    model: `/models/${MODEL}?metrics=auc`,
    version,
    promote: `${version}?promote=PRODUCTION`,
    report: `/promotions/${model.transitions.nodes[0]?.revision}`,
    approvals: "/approvals",
    experiments: "/experiments",
    "runs-plotted": `/runs?experiment=iris-tuning&sort=metric:accuracy&${listOf("runs", runs.nodes)}`,
    run: `/runs/${run?.runId}`,
    compare: `/compare?${listOf("versions", model.versions.nodes)}`,
    deployments: "/deployments",
    lineage: `/lineage?of=${model.stageHolder?.id}&direction=BOTH&depth=5`,
    webhooks: "/admin/webhooks",
    audit: "/admin/audit",
    policies: "/admin/policies",
    tokens: "/admin/tokens",
  };
}
