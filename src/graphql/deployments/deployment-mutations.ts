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
  description: "What a deployment follows: exactly one of these.",
  fields: (t) => ({
    stage: t.field({ type: Stage, description: "The holder of this stage." }),
    alias: t.string({ description: "The version under this alias." }),
  }),
});

const RunningVersionInput = builder.inputType("RunningVersionInput", {
  description: "A version that a deployment runs.",
  fields: (t) => ({
    version: t.field({
      type: ModelVersionRef,
      required: true,
      description: "Which version, of the deployment's model.",
    }),
    weight: t.int({
      defaultValue: 1,
      description:
        "Its share of the traffic, relative to the sum of all, 0 to 1 000 000 (Gateway API, HTTPBackendRef.weight).",
    }),
  }),
});

const ReportDeploymentPayload = builder
  .objectRef<{ id: string; applied: boolean }>("ReportDeploymentPayload")
  .implement({
    description: "The deployment as it is known now.",
    fields: (t) => ({
      deployment: t.field({
        type: Deployment,
        nullable: true,
        description: "The deployment.",
        resolve: visibleRow("Deployment", ({ id }) => id),
      }),
      applied: t.exposeBoolean("applied", {
        description: "False if a report with a later `observedAt` was there already: then nothing was written.",
      }),
    }),
  });

const RemoveDeploymentPayload = builder.objectRef<{ id: string }>("RemoveDeploymentPayload").implement({
  description: "What was removed.",
  fields: (t) => ({
    removedId: t.id({
      description: "The global id of the deployment that was removed.",
      resolve: ({ id }) => encodeId("Deployment", id),
    }),
  }),
});

const PLACE = {
  environment:
    "The environment, such as `prod-eu`: one line, at most 256 characters, covered by the `environments` claim.",
  endpoint: "The endpoint within the environment: one line, at most 256 characters.",
  model: "The model that is served there.",
} as const;

function toFollows(follows: (typeof DeploymentTargetInput)["$inferInput"] | null | undefined): Follows | null {
  if (!follows) return null;
  return follows.stage ? { stage: follows.stage } : { alias: follows.alias };
}

builder.mutationFields((t) => ({
  reportDeployment: t.fieldWithInput({
    type: ReportDeploymentPayload,
    description:
      "Says what an endpoint really runs of a model; told by whoever serves it, again and again. Every report says all: what is absent is not so. Only a change of what runs, of the state or of the health is a registry event; any other report takes no revision. Asks for `deployments:write`.",
    input: {
      environment: t.input.string({ required: true, description: PLACE.environment }),
      endpoint: t.input.string({ required: true, description: PLACE.endpoint }),
      model: t.input.field({ type: ModelRef, required: true, description: PLACE.model }),
      follows: t.input.field({ type: DeploymentTargetInput, description: "What it follows. Absent: nothing." }),
      running: t.input.field({
        type: [RunningVersionInput],
        required: true,
        description: "The versions that run, at most 20; a canary runs two. Empty: none.",
      }),
      state: t.input.field({ type: DeploymentState, required: true, description: "Where the rollout is." }),
      health: t.input.field({ type: DeploymentHealth, defaultValue: "UNKNOWN", description: "How well it serves." }),
      message: t.input.string({ description: "What there is to say, at most 5 000 characters." }),
      observedCursor: t.input.string({
        description: "The stream cursor up to which the reporter has followed the registry.",
      }),
      observedAt: t.input.field({
        type: "DateTime",
        description:
          "When the reporter saw this: an older report than the last is not applied. At most 60 seconds ahead. Absent: now.",
      }),
      ttlSeconds: t.input.int({
        description: "How long the report is good for, in seconds, 1 to 31 536 000. Absent: for ever.",
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
      "Says that a model is not served there any more. A later report makes a new deployment. Asks for `deployments:write`.",
    input: {
      environment: t.input.string({ required: true, description: PLACE.environment }),
      endpoint: t.input.string({ required: true, description: PLACE.endpoint }),
      model: t.input.field({ type: ModelRef, required: true, description: PLACE.model }),
    },
    resolve: (_root, { input }, { commands }) =>
      removeDeployment(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
}));
