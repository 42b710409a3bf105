import { authorOf } from "../../domain/access/author.js";
import { ForbiddenError, PolicyNotMetError } from "../../domain/errors.js";
import { isProtected, type Policy } from "../../domain/governance/policy.js";
import { accepts, describePrincipals, type Principals } from "../../domain/governance/principals.js";
import { matchesAnyGlob } from "../../domain/values/glob.js";
import type { TagInput } from "../../domain/values/tag.js";
import { WRITE_ONCE_FIELDS } from "../../domain/versions/version.js";
import {
  type Protection,
  readChangedPolicies,
  readProtections,
  readProtectionsOfNew,
  readSelectorTags,
  type Selected,
} from "../../store/governance/policies.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { requireScopes, type Work } from "../command.js";
import { mayRead } from "../current-state.js";
import type { Gate } from "./gate.js";

const SELECTORS_FROM: Principals = { scopes: ["policies:write"] };

/** An object whose tags or description change: a model, or one of its versions. */
interface Protected {
  readonly model: LockedModel;
  readonly versionId: string | null;
}

/**
 * Throws FORBIDDEN if a key is reserved to others, and POLICY_NOT_MET if the tags are frozen, since the object holds a
 * guarded target. Returns whether the selector of a protected policy looks at a key: then `requireSameProtection` must follow
 * for a model.
 */
export async function requireTagRights(
  work: Work,
  { model, versionId }: Protected,
  keys: readonly string[],
): Promise<boolean> {
  if (!model.mayBeGuarded || keys.length === 0) return false;
  const protections = await readProtections(work.tx, { modelId: model.id, versionId });
  refuseReserved(work, protections, keys, versionId === null);
  const frozen = protections.find(
    ({ policy, isSelected, isHeld }) => isSelected && isHeld && policy.definition.protection.freezeTags,
  );
  if (frozen) throw isFrozen(work, frozen.policy, "The tags");
  return protections.some(({ policy }) => isProtected(policy) && keys.some((key) => selectsBy(policy, key)));
}

/** Throws FORBIDDEN if a tag of a model that is to be registered is reserved to others, or takes it out of a selector. */
export async function requireTagsOfNewModel(
  work: Work,
  gate: Gate,
  { name, tags }: { readonly name: string; readonly tags: readonly TagInput[] },
): Promise<void> {
  if (!gate.hasPolicies || tags.length === 0) return;
  const after = { name, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) };
  const protections = await readProtectionsOfNew(work.tx, { name, tags: {} });
  const keys = tags.map(({ key }) => key);
  refuseReserved(work, protections, keys, false);
  await requireSelectionRights(work, "registerModel with these tags", { name, tags: {} }, after);
}

/**
 * Throws POLICY_NOT_MET if a field cannot change, since the object holds a guarded target: its description where it is frozen,
 * and always what a version consists of, for that is what the policy decided about.
 */
export async function requireFieldRights(
  work: Work,
  { model, versionId }: Protected,
  fields: readonly string[],
): Promise<void> {
  const isDescribed = fields.includes("description");
  const isContent = WRITE_ONCE_FIELDS.some((field) => fields.includes(field));
  if (!model.mayBeGuarded || !(isDescribed || isContent)) return;
  const protections = await readProtections(work.tx, { modelId: model.id, versionId });
  for (const { policy, isSelected, isHeld } of protections) {
    if (!isSelected || !isHeld) continue;
    if (isContent) throw isFrozen(work, policy, "What the version consists of");
    if (policy.definition.protection.freezeDescription) throw isFrozen(work, policy, "The description");
  }
}

/** Throws FORBIDDEN without `policies:write` if the new name decides whether a policy selects the model. */
export async function requireRenameRights(work: Work, model: LockedModel, name: string): Promise<void> {
  if (!model.mayBeGuarded || name === model.name) return;
  const tags = await readSelectorTags(work.tx, model.id);
  await requireSelectionRights(work, "This name", { name: model.name, tags }, { name, tags });
}

async function requireSelectionRights(work: Work, what: string, before: Selected, after: Selected): Promise<void> {
  const policies = await readChangedPolicies(work.tx, before, after);
  const [changed] = policies;
  if (!changed) return;
  refuseAlone(work, policies);
  const policy = mayRead(work.viewer, "Model") ? `the policy "${changed.name}"` : "a policy";
  requireScopes(work.viewer, ["policies:write"], `${what} would decide whether ${policy} selects the model, so it`);
}

/** Changes tags. Throws FORBIDDEN if they decide whether a protected policy selects the model: one person alone cannot. */
export async function requireSameProtection(
  work: Work,
  { id, name }: LockedModel,
  change: () => Promise<void>,
): Promise<void> {
  const before = await readSelectorTags(work.tx, id);
  await change();
  const after = await readSelectorTags(work.tx, id);
  refuseAlone(work, await readChangedPolicies(work.tx, { name, tags: before }, { name, tags: after }));
}

function refuseAlone({ viewer }: Work, changed: readonly Policy[]): void {
  const policy = changed.find(isProtected);
  if (!policy) return;
  const which = mayRead(viewer, "Model") ? `The policy "${policy.name}"` : "A policy";
  throw new ForbiddenError(
    `${which} is protected, and this would decide whether it selects the model. Change the policy itself, which a second person approves.`,
    [],
  );
}

/** By default the keys of a selector's tags on models are reserved to whoever may change policies. */
function reservationsOf({ policy, isSelected }: Protection, key: string, isModel: boolean): Principals[] {
  const { selector, protection } = policy.definition;
  const own =
    isSelected || selectsBy(policy, key) ? protection.reservedTags.filter(({ keys }) => matchesAnyGlob(keys, key)) : [];
  if (own.length > 0) return own.map(({ from }) => from);
  return isModel && selector.tags.some((tag) => tag.key === key) ? [SELECTORS_FROM] : [];
}

function selectsBy({ definition: { selector } }: Policy, key: string): boolean {
  return selector.tags.some((tag) => tag.key === key);
}

function refuseReserved(
  work: Work,
  protections: readonly Protection[],
  keys: readonly string[],
  isModel: boolean,
): void {
  const author = authorOf(work.viewer);
  for (const protection of protections) {
    for (const key of keys) {
      const refused = reservationsOf(protection, key, isModel).find((from) => !accepts(from, author));
      if (refused) throw isReserved(work, protection.policy, key, refused);
    }
  }
}

function isReserved({ viewer }: Work, { name, revision }: Policy, key: string, from: Principals): ForbiddenError {
  if (!mayRead(viewer, "Model")) {
    return new ForbiddenError(`A policy does not let this token set or delete the tag "${key}".`, []);
  }
  return new ForbiddenError(
    `The policy "${name}" (revision ${revision}) lets only ${describePrincipals(from)} set or delete the tag "${key}".`,
    from.scopes ?? [],
  );
}

function isFrozen({ viewer }: Work, { name, revision }: Policy, what: string): PolicyNotMetError {
  return mayRead(viewer, "Model")
    ? new PolicyNotMetError(
        `${what} cannot change while a version holds what the policy "${name}" (revision ${revision}) guards. Move it off first.`,
        { policy: name, revision },
      )
    : new PolicyNotMetError(`${what} cannot change now, by a policy.`);
}
