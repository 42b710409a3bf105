import type { LockedModel } from "../../store/models/model-lock.js";
import type { Work } from "../command.js";

interface Target {
  readonly id: string;
  readonly number: number;
}

/** Which version an alias is on, if it is set. The model must be locked. */
export async function findAliasTarget(work: Work, model: LockedModel, name: string): Promise<Target | null> {
  const alias = await work.tx.alias.findUnique({
    where: { modelId_name: { modelId: model.id, name } },
    select: { modelVersion: { select: { id: true, number: true } } },
  });
  return alias?.modelVersion ?? null;
}

/** Puts an alias on a version, from wherever it was, and returns where it was. Nothing is told when it was there already. */
export async function moveAlias(work: Work, model: LockedModel, name: string, to: Target): Promise<Target | null> {
  const from = await findAliasTarget(work, model, name);
  if (from?.id === to.id) return from;
  const { issuer, subject, name: actorName, kind } = work.viewer.actor;
  const set = {
    versionId: to.id,
    setAt: work.at,
    setByIssuer: issuer,
    setBySubject: subject,
    setByName: actorName,
    setByKind: kind,
  };
  const where = { modelId_name: { modelId: model.id, name } };
  if (from) await work.tx.alias.update({ where, data: set, select: { name: true } });
  else await work.tx.alias.createMany({ data: [{ modelId: model.id, name, ...set }] });
  work.emit({
    type: "alias.set",
    model,
    version: to,
    alias: name,
    before: from && { number: from.number },
    after: { number: to.number },
  });
  return from;
}
