import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Viewer } from "../../../src/domain/access/actor.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { RegistryError } from "../../../src/domain/errors.js";
import type { PolicyInput } from "../../../src/domain/governance/parse-policy.js";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import type { Stage } from "../../../src/domain/versions/stage.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { applyPolicy } from "../../../src/registry/governance/apply-policy.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { transitionModelVersion } from "../../../src/registry/versions/transition-model-version.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { emptyDatabase } from "../../support/database/empty-database.js";
import { WRITER } from "../../support/writer.js";

export const range = (size: number) => Array.from({ length: size }, (_, i) => i);

/** Who may do everything but change policies and go past them. */
export const PROMOTER: Viewer = {
  ...WRITER,
  actor: { ...WRITER.actor, subject: "promoter" },
  scopes: new Set([...WRITER.scopes].filter((scope: Scope) => !/^(policies:|admin)/.test(scope))),
};

/** The code of the registry's error that a command ended with, or `OK`. Anything else is thrown. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "OK";
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

/** Commands on a database that is emptied before each test. */
class GateWorld {
  database!: Database;

  context(viewer: Viewer = WRITER): CommandContext {
    const { prisma } = this.database;
    const services = { prisma, now: () => new Date(), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
    return createCommandContext(services, viewer, "gates");
  }

  /** Applies a policy on PRODUCTION of all models, unless the input says otherwise. */
  apply(input: Partial<PolicyInput>) {
    return applyPolicy(this.context(), { name: "gate", target: { stages: ["PRODUCTION"] }, ...input });
  }

  /** Creates so many versions of a model, which may not exist yet. */
  async create(name: string, count = 1): Promise<void> {
    for (const _ of range(count))
      await createModelVersion(this.context(), { model: { name }, createModel: true, source: "s3://b/x" });
  }

  move(name: string, number: number, to: Stage, more: { archiveExisting?: boolean; reason?: string } = {}) {
    const version = { number: { model: name, number } };
    return transitionModelVersion(this.context(PROMOTER), { version, to, ...more });
  }

  /** The versions in a stage, as `model/number`, with whether the database keeps them alone there. */
  async holders(stage: Stage = "PRODUCTION"): Promise<string[]> {
    const { rows } = await this.database.pool.query<{ holder: string }>(
      `SELECT concat(m."name", '/', v."number", CASE WHEN v."exclusiveStage" IS NOT NULL THEN ' alone' END) AS "holder"
       FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
       WHERE v."stage" = $1::"Stage" AND v."deletedAt" IS NULL ORDER BY m."name", v."number"`,
      [stage],
    );
    return rows.map(({ holder }) => holder);
  }
}

export function useGateWorld(): GateWorld {
  const world = new GateWorld();
  beforeAll(async () => {
    world.database = await openTestDatabase();
  });
  beforeEach(() => emptyDatabase(world.database));
  afterAll(() => world.database.close());
  return world;
}
