import { randomUUID } from "node:crypto";
import type { PolicyInput } from "../../../src/domain/governance/parse-policy.js";
import { deleteTag } from "../../../src/registry/across/delete-tag.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { reportCheck } from "../../../src/registry/checks/report-check.js";
import type { CommandContext } from "../../../src/registry/command.js";
import { applyPolicy } from "../../../src/registry/governance/apply-policy.js";
import { deletePolicy } from "../../../src/registry/governance/delete-policy.js";
import { deleteModel } from "../../../src/registry/models/delete-model.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import { renameModel } from "../../../src/registry/models/rename-model.js";
import { restoreModel } from "../../../src/registry/models/restore-model.js";
import { logBatch } from "../../../src/registry/tracking/log-batch.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { deleteAlias } from "../../../src/registry/versions/delete-alias.js";
import { deleteModelVersion } from "../../../src/registry/versions/delete-model-version.js";
import { restoreModelVersion } from "../../../src/registry/versions/restore-model-version.js";
import { rollback } from "../../../src/registry/versions/rollback.js";
import { setAlias } from "../../../src/registry/versions/set-alias.js";
import { transitionModelVersion } from "../../../src/registry/versions/transition-model-version.js";
import { updateModelVersion } from "../../../src/registry/versions/update-model-version.js";
import { find } from "./plain-moves.js";
import type { Place, PlainWorld } from "./plain-world.js";
import type { StepPolicy } from "./policies.js";
import type { Step, StepOf } from "./steps.js";

export const DIGEST = `sha256:${"a".repeat(64)}`;

interface Caller {
  readonly context: CommandContext;
  /** As it is before the call. */
  readonly world: PlainWorld;
  idOf(model: string, number: number): Promise<string>;
}

/** The policy of a step, with the times of its freezes. */
export function policyOf({ rules, ...policy }: StepPolicy, at: number): PolicyInput {
  return {
    ...policy,
    rules: rules.map(({ freeze, ...rule }) =>
      freeze ? { freeze: { from: new Date(at + freeze.from * 1_000), to: new Date(at + freeze.to * 1_000) } } : rule,
    ),
  };
}

export function targetOf(place: Place) {
  return place.startsWith("@") ? { alias: place.slice(1) } : { stage: place as "PRODUCTION" };
}

const refOf = ({ model, number }: { model: string; number: number }) => ({ number: { model, number } });
const overrideOf = (reason: string | null) => (reason === null ? null : { reason });

function changeTag(context: CommandContext, on: Parameters<typeof setTag>[1]["on"], key: string, value: string | null) {
  return value === null ? deleteTag(context, { on, key }) : setTag(context, { on, key, value });
}

/** The command that each step calls. */
export const CALLS: { readonly [K in Step["do"]]: (caller: Caller, step: StepOf<K>) => Promise<unknown> } = {
  apply: ({ context, world }, { policy }) => applyPolicy(context, policyOf(policy, world.at)),
  deletePolicy: ({ context }, { policy: name }) => deletePolicy(context, { name }),
  tagModel: ({ context }, { model, key, value }) => changeTag(context, { model: { name: model } }, key, value),
  tagVersion: ({ context }, step) => changeTag(context, { modelVersion: refOf(step) }, step.key, step.value),
  rename: ({ context }, { model, name }) => renameModel(context, { model: { name: model }, newName: name }),
  registerModel: ({ context }, { model: name, tags }) => registerModel(context, { name, tags }),
  create: ({ context }, { model, tags, aliases }) =>
    createModelVersion(context, {
      model: { name: model },
      createModel: true,
      source: "s3://b/x",
      digest: DIGEST,
      tags,
      aliases,
    }),
  report: ({ context, world }, step) =>
    reportCheck(context, {
      version: refOf(step),
      name: "scan",
      status: step.status,
      expiresAt: step.expires === null ? null : new Date(world.at + step.expires * 1_000),
    }),
  log({ context, world }, { model, number, value }) {
    const run = find(world, model, number)?.version.run;
    return logBatch(context, {
      run: run?.id ?? "none",
      metrics: [{ key: "auc", value, step: (run?.step ?? 0) + 1 }],
    });
  },
  describe: ({ context }, step) =>
    updateModelVersion(context, { version: refOf(step), description: step.text === "" ? null : step.text }),
  promote: ({ context }, step) =>
    transitionModelVersion(context, {
      version: refOf(step),
      to: step.to,
      archiveExisting: step.replaces,
      reason: step.reason,
      override: overrideOf(step.override),
    }),
  setAlias: ({ context }, step) =>
    setAlias(context, {
      version: refOf(step),
      alias: step.alias,
      reason: step.reason,
      override: overrideOf(step.override),
    }),
  deleteAlias: ({ context }, { model, alias }) => deleteAlias(context, { model: { name: model }, alias }),
  rollback: ({ context }, { model, to, reason, override }) =>
    rollback(context, { model: { name: model }, target: targetOf(to), reason, override: overrideOf(override) }),
  deleteVersion: ({ context }, step) => deleteModelVersion(context, { version: refOf(step), force: step.force }),
  restoreVersion: async ({ context, idOf }, { model, number }) =>
    restoreModelVersion(context, { id: await idOf(model, number) }),
  deleteModel: ({ context }, { model, force }) => deleteModel(context, { model: { name: model }, force }),
  restoreModel: ({ context, world }, { name }) =>
    restoreModel(context, { id: world.models.find(({ isDeleted }) => isDeleted)?.id ?? randomUUID(), name }),
};
