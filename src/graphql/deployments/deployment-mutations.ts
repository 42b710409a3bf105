import type { Follows } from "../../registry/deployments/deployment-report.js";
import { removeDeployment } from "../../registry/deployments/remove-deployment.js";
import { reportDeployment } from "../../registry/deployments/report-deployment.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { Deployment } from "./deployment.js";
import { DeploymentHealth, DeploymentState } from "./deployment-enums.js";

const DeploymentTargetInput = builder.inputType("DeploymentTargetInput", {
  isOneOf: true,
  description: "What a deployment follows. Set exactly one field.",
  fields: (t) => ({
    stage: t.field({ type: Stage, description: "Follow the current holder of this stage." }),
    alias: t.string({ description: "Follow the version that this alias points to." }),
  }),
});

const RunningVersionInput = builder.inputType("RunningVersionInput", {
  description: "A version that a deployment runs.",
  fields: (t) => ({
    version: t.field({
      type: ModelVersionRef,
      required: true,
      description: "The version. It must belong to the deployment's model.",
    }),
    weight: t.int({
      defaultValue: 1,
      description:
        "The version's share of the traffic, relative to the sum of all weights: 0 to 1 000 000 (as in the Gateway API, HTTPBackendRef.weight).",
    }),
  }),
});

const ReportDeploymentPayload = builder
  .objectRef<{ id: string; applied: boolean }>("ReportDeploymentPayload")
  .implement({
    description: "The deployment as the registry knows it now.",
    fields: (t) => ({
      deployment: t.field({
        type: Deployment,
        nullable: true,
        description: "The deployment.",
        resolve: visibleRow("Deployment", ({ id }) => id),
      }),
      applied: t.exposeBoolean("applied", {
        description:
          "False if the registry already has a report with a later `observedAt`. In that case nothing is written.",
      }),
    }),
  });

const RemoveDeploymentPayload = builder.objectRef<{ id: string }>("RemoveDeploymentPayload").implement({
  description: "The removed deployment.",
  fields: (t) => ({
    removedId: t.id({
      description: "The global id of the deployment that was removed.",
      resolve: ({ id }) => encodeId("Deployment", id),
    }),
  }),
});

const PLACE = {
  environment:
    "The environment, such as `prod-eu`: one line of at most 256 characters; a new one has no characters that show nothing. The token's `environments` claim must cover it.",
  endpoint:
    "The endpoint within the environment: one line of at most 256 characters; a new one has no characters that show nothing.",
  model: "The model that the endpoint serves.",
} as const;

function toFollows(follows: (typeof DeploymentTargetInput)["$inferInput"] | null | undefined): Follows | null {
  if (!follows) return null;
  return follows.stage ? { stage: follows.stage } : { alias: follows.alias };
}

builder.mutationFields((t) => ({
  reportDeployment: t.fieldWithInput({
    type: ReportDeploymentPayload,
    description:
      "Reports which versions of a model an endpoint runs. The serving environment calls it repeatedly. Each report is complete and replaces the one before: an absent field is unset. Only a change of the running versions, the state or the health is a registry event; other reports get no revision. Requires `deployments:write`.",
    input: {
      environment: t.input.string({ required: true, description: PLACE.environment }),
      endpoint: t.input.string({ required: true, description: PLACE.endpoint }),
      model: t.input.field({ type: ModelRef, required: true, description: PLACE.model }),
      follows: t.input.field({
        type: DeploymentTargetInput,
        description: "What the deployment follows. Default: nothing.",
      }),
      running: t.input.field({
        type: [RunningVersionInput],
        required: true,
        description: "The running versions, at most 20. A canary runs two. An empty list means none.",
      }),
      state: t.input.field({ type: DeploymentState, required: true, description: "The progress of the rollout." }),
      health: t.input.field({
        type: DeploymentHealth,
        defaultValue: "UNKNOWN",
        description: "The health of the deployment.",
      }),
      message: t.input.string({ description: "Details of the state and health. At most 5 000 characters." }),
      observedCursor: t.input.string({
        description: "The stream cursor up to which the reporter has followed the registry.",
      }),
      observedAt: t.input.field({
        type: "DateTime",
        description:
          "When the reporter observed this. A report older than the last one is not applied. At most 60 seconds in the future. Default: now.",
      }),
      ttlSeconds: t.input.int({
        description: "How long the report is valid, in seconds: 1 to 31 536 000. Default: without limit.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      reportDeployment(commands, {
        ...input,
        follows: toFollows(input.follows),
        model: toModelRef("input.model", input.model),
        running: input.running.map(({ version, weight }, i) => ({
          version: toVersionRef(`input.running[${i}].version`, version),
          weight,
        })),
      }),
  }),
  removeDeployment: t.fieldWithInput({
    type: RemoveDeploymentPayload,
    description:
      "Removes a deployment: the endpoint no longer serves the model. A later report creates a new deployment. Requires `deployments:write`.",
    input: {
      environment: t.input.string({ required: true, description: PLACE.environment }),
      endpoint: t.input.string({ required: true, description: PLACE.endpoint }),
      model: t.input.field({ type: ModelRef, required: true, description: PLACE.model }),
    },
    resolve: (_root, { input }, { commands }) =>
      removeDeployment(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
}));
