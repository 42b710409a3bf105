import { builder } from "../kit/builder.js";

export const DeploymentState = builder.enumType("DeploymentState", {
  description: "The progress of a rollout.",
  values: {
    PENDING: { description: "Not started yet." },
    DEPLOYING: { description: "In progress." },
    RUNNING: { description: "Complete: the versions serve." },
    FAILED: { description: "The rollout failed." },
    STOPPED: { description: "Intentionally not serving." },
  } as const,
});

export const DeploymentHealth = builder.enumType("DeploymentHealth", {
  description: "The health of a deployment.",
  values: {
    UNKNOWN: { description: "Not known." },
    HEALTHY: { description: "Serving normally." },
    DEGRADED: { description: "Serving with problems." },
    UNHEALTHY: { description: "Not serving." },
  } as const,
});
