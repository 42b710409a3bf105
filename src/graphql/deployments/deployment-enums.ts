import { builder } from "../kit/builder.js";

export const DeploymentState = builder.enumType("DeploymentState", {
  description: "Where a rollout is.",
  values: {
    PENDING: { description: "It is to begin." },
    DEPLOYING: { description: "It goes on." },
    RUNNING: { description: "It is done, and what it rolled out serves." },
    FAILED: { description: "It broke." },
    STOPPED: { description: "Nothing serves, and that is meant so." },
  } as const,
});

export const DeploymentHealth = builder.enumType("DeploymentHealth", {
  description: "How well a deployment serves.",
  values: {
    UNKNOWN: { description: "Nobody can say." },
    HEALTHY: { description: "As it should." },
    DEGRADED: { description: "Worse than it should." },
    UNHEALTHY: { description: "Not at all." },
  } as const,
});
