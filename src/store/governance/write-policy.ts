import type { Actor } from "../../domain/access/actor.js";
import type { Policy } from "../../domain/governance/policy.js";
import { GUARDED_STAGES } from "../../domain/governance/target.js";
import { likePatterns } from "../access/like-patterns.js";
import type { Transaction } from "../connection/transaction.js";
import type { Prisma } from "../generated/client.js";

export interface AppliedPolicy extends Policy {
  readonly id: string;
}

interface Written {
  readonly actor: Actor;
  readonly at: Date;
}

/** Writes a policy, and beside its definition what the database compares: the patterns of its globs. */
export async function writePolicy(tx: Transaction, policy: AppliedPolicy, { actor, at }: Written): Promise<void> {
  const { id, name, revision, mode, definition } = policy;
  const { selector, target, rules } = definition;
  const isExclusive = rules.some(({ kind }) => kind === "singleHolder");
  const data = {
    revision,
    mode,
    definition: definition as unknown as Prisma.InputJsonObject,
    modelPatterns: likePatterns(selector.models) ?? [],
    selectorTags: selector.tags as unknown as Prisma.InputJsonArray,
    stages: [...target.stages],
    aliasPatterns: likePatterns(target.aliases) ?? [],
    exclusiveStages: GUARDED_STAGES.filter((stage) => isExclusive && target.stages.includes(stage)),
    updatedAt: at,
    updatedByIssuer: actor.issuer,
    updatedBySubject: actor.subject,
    updatedByName: actor.name,
    updatedByKind: actor.kind,
    deletedAt: null,
  };
  await tx.policy.upsert({
    where: { id },
    update: data,
    create: {
      ...data,
      id,
      name,
      createdAt: at,
      createdByIssuer: actor.issuer,
      createdBySubject: actor.subject,
      createdByName: actor.name,
      createdByKind: actor.kind,
    },
    select: { id: true },
  });
}

export async function removePolicy(
  tx: Transaction,
  { id, revision }: Pick<AppliedPolicy, "id" | "revision">,
  { actor, at }: Written,
): Promise<void> {
  await tx.policy.update({
    where: { id },
    data: {
      revision,
      updatedAt: at,
      updatedByIssuer: actor.issuer,
      updatedBySubject: actor.subject,
      updatedByName: actor.name,
      updatedByKind: actor.kind,
      deletedAt: at,
    },
    select: { id: true },
  });
}
