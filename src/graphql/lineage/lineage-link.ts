import { Deployment } from "../deployments/deployment.js";
import { builder } from "../kit/builder.js";
import { LoggedModel } from "../logged-models/logged-model.js";
import { Dataset } from "../tracking/dataset.js";
import { Run } from "../tracking/run.js";
import { ModelVersion } from "../versions/model-version.js";
import { LineageEdgeKind } from "./lineage-kinds.js";
import { LINEAGE_TAGS, LineageTag, lineageTags } from "./lineage-tag.js";

const OTHER_END = "or null if it is of another kind.";

/** What a link says of itself, whichever end it is looked at from. */
const KIND = { type: LineageEdgeKind, description: "How the two objects are related." } as const;
const CONTEXT = {
  nullable: true,
  description: "What the input was used for, such as `training`; null if not stated.",
  select: { context: true },
  resolve: ({ context }: { context: string }) => context || null,
} as const;
const STEP = {
  type: "Long",
  nullable: true,
  description: "The training step at which a run made a logged model; null if not stated.",
} as const;
const TAGS = {
  type: [LineageTag] as [typeof LineageTag],
  description: LINEAGE_TAGS,
  select: { tags: true } as const,
  resolve: ({ tags }: { tags: unknown }) => [...lineageTags(tags)],
};
const AT = { type: "DateTime", description: "When the relation was recorded." } as const;

export const UpstreamLink = builder.prismaObject("LineageEdge", {
  variant: "UpstreamLink",
  description:
    "A direct input of this object. Exactly one of `run`, `dataset`, `loggedModel` and `modelVersion` is set.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", KIND),
    context: t.string(CONTEXT),
    step: t.expose("step", STEP),
    tags: t.field(TAGS),
    at: t.expose("at", AT),
    run: t.relation("fromRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("fromDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    loggedModel: t.relation("fromLoggedModel", {
      type: LoggedModel,
      nullable: true,
      description: `The logged model, ${OTHER_END}`,
    }),
    modelVersion: t.relation("fromVersion", {
      type: ModelVersion,
      nullable: true,
      description: `The version, ${OTHER_END}`,
    }),
  }),
});

export const DownstreamLink = builder.prismaObject("LineageEdge", {
  variant: "DownstreamLink",
  description:
    "A direct output of this object. Exactly one of `run`, `dataset`, `loggedModel`, `modelVersion` and `deployment` is set.",
  select: { id: true },
  fields: (t) => ({
    kind: t.expose("kind", KIND),
    context: t.string(CONTEXT),
    step: t.expose("step", STEP),
    tags: t.field(TAGS),
    at: t.expose("at", AT),
    run: t.relation("toRun", { type: Run, nullable: true, description: `The run, ${OTHER_END}` }),
    dataset: t.relation("toDataset", { type: Dataset, nullable: true, description: `The dataset, ${OTHER_END}` }),
    loggedModel: t.relation("toLoggedModel", {
      type: LoggedModel,
      nullable: true,
      description: `The logged model, ${OTHER_END}`,
    }),
    modelVersion: t.relation("toVersion", {
      type: ModelVersion,
      nullable: true,
      description: `The version, ${OTHER_END}`,
    }),
    deployment: t.relation("toDeployment", {
      type: Deployment,
      nullable: true,
      description: `The deployment, ${OTHER_END}`,
    }),
  }),
});
