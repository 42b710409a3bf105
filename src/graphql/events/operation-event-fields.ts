import { DEPLOYMENT_HEALTHS, DEPLOYMENT_STATES } from "../../domain/deployments/deployment.js";
import { Deployment } from "../deployments/deployment.js";
import { DeploymentHealth, DeploymentState } from "../deployments/deployment-enums.js";
import { visibleRow } from "../kit/visible-rows.js";
import { Webhook } from "../webhooks/webhook.js";
import { aboutModel, type EventFieldBuilder, namedText } from "./event-fields.js";
import { snapshotsOf, wordOf } from "./registry-event.js";

export const deployment = (t: EventFieldBuilder) => ({
  ...aboutModel(t),
  environment: t.string({ description: "The environment.", resolve: (event) => event.environment ?? "" }),
  endpoint: namedText(t, "endpoint", "The endpoint."),
  state: t.field({
    type: DeploymentState,
    nullable: true,
    description: "The new progress of the rollout; null if the deployment was removed.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "state", DEPLOYMENT_STATES),
  }),
  health: t.field({
    type: DeploymentHealth,
    nullable: true,
    description: "The new health; null if the deployment was removed.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "health", DEPLOYMENT_HEALTHS),
  }),
  runningNumbers: t.intList({
    description: "The numbers of the versions that run after the change.",
    resolve: (event, _args, { viewer }) => {
      const running = snapshotsOf(event, viewer).after?.running;
      return Array.isArray(running) ? running.map((each) => (each as { number: number }).number) : [];
    },
  }),
  deployment: t.field({
    type: Deployment,
    nullable: true,
    description: "The deployment as it is now; null if it was removed or the viewer may not see it.",
    resolve: visibleRow("Deployment", ({ subjectId }) => subjectId),
  }),
});

export const aboutWebhook = (t: EventFieldBuilder) => ({
  webhook: t.field({
    type: Webhook,
    nullable: true,
    description: "The webhook as it is now; null if it was deleted or the viewer may not see it.",
    resolve: visibleRow("Webhook", ({ subjectId }) => subjectId),
  }),
});

export const revocation = (t: EventFieldBuilder) => ({
  revokedTokenId: namedText(t, "tokenId", "The `jti` of the token; null if all tokens of a bearer were revoked."),
  issuer: namedText(t, "issuer", "The issuer of the tokens; null if one token was revoked by its id."),
  subject: namedText(t, "subject", "The subject of the tokens; null if one token was revoked by its id."),
  reason: namedText(t, "reason", "The reason that the actor gave."),
});
