import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { People } from "../../../src/domain/access/people.js";
import { RegistryError } from "../../../src/domain/errors.js";
import { unmetRules } from "../../../src/domain/governance/decide.js";
import type { RuleResult } from "../../../src/domain/governance/decision.js";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import type { PolicyApplied } from "../../../src/registry/governance/apply-policy.js";
import { createRun } from "../../../src/registry/tracking/create-run.js";
import { finishRun } from "../../../src/registry/tracking/finish-run.js";
import { logBatch } from "../../../src/registry/tracking/log-batch.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import type { Database } from "../../../src/store/connection/database.js";
import { previewPromotion } from "../../../src/store/governance/preview-promotion.js";
import { viewerOf, type Who } from "./actors.js";
import { CALLS, DIGEST, policyOf, targetOf } from "./calls.js";
import { EXPECT } from "./plain-commands.js";
import type { Expected } from "./plain-gate.js";
import { find, previousOf } from "./plain-moves.js";
import { newModel, newVersion } from "./plain-nouns.js";
import { type Place, PlainWorld } from "./plain-world.js";
import { readNewestMove, readState } from "./read-back.js";
import type { History, Step } from "./steps.js";

type Line = Pick<RuleResult, "policy" | "revision" | "position" | "status">;

const lineOf = ({ policy, revision, position, status }: Line) => `${policy} ${revision} ${position} ${status}`;

interface Ended {
  readonly code: string;
  readonly result?: unknown;
  /** Of a refusal by rules. */
  readonly rules?: readonly Line[];
}

/** Plays histories on a registry and in the plain model, and compares them after each step. */
export class Player {
  /** How often something happened, so that a test can say that it did. */
  readonly seen = new Map<string, number>();
  world: PlainWorld;
  private readonly database: Database;

  constructor(database: Database, at: number) {
    this.database = database;
    this.world = new PlainWorld(at);
  }

  context(who: Who): CommandContext {
    const { prisma } = this.database;
    const services = { prisma, now: () => new Date(this.world.at), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
    return createCommandContext(services, viewerOf(who), "gates");
  }

  /** Begins anew, later, with versions that have runs, and with a policy. */
  async begin([policy, runs]: History["start"]): Promise<void> {
    this.world = new PlainWorld(this.world.at + 3_600_000);
    for (const [index, { auc, by, ends }] of runs.entries()) {
      const name = index < 3 ? "fraud-a" : "fraud-b";
      const { id } = await createRun(this.context("boss"), { experiment: { name: "gates" }, createExperiment: true });
      if (auc !== null) await logBatch(this.context(by), { run: id, metrics: [{ key: "auc", value: auc, step: 0 }] });
      if (ends) await finishRun(this.context("boss"), { run: id });
      const version = { source: "s3://b/x", digest: DIGEST, signature: {}, run: id };
      await createModelVersion(this.context("boss"), { model: { name }, createModel: true, ...version });
      const model = this.world.living(name) ?? newModel(name);
      if (!this.world.models.includes(model)) this.world.models.push(model);
      const run = { id, status: ends ?? "RUNNING", step: 0, auc: auc === null ? null : { value: auc, by } };
      newVersion(this.world, model, run, ["DIGEST", "SIGNATURE"]);
    }
    await this.play({ do: "apply", who: "boss", wait: 1, policy });
  }

  async play(step: Step): Promise<void> {
    this.world.at += step.wait * 1_000;
    const caller = { context: this.context(step.who), world: this.world, idOf: this.idOf.bind(this) };
    const preview = await this.preview(step);
    const call = CALLS[step.do] as (...given: unknown[]) => Promise<unknown>;
    const ended = await settle(() => call(caller, step));
    const given = step.do === "apply" ? policyOf(step.policy, this.world.at) : undefined;
    const expected = (EXPECT[step.do] as (...of: unknown[]) => Expected)(this.world, step, given);
    expect(ended.code).toBe(expected.code);
    this.count(`${step.do} ${ended.code}`);
    if (given && ended.code === "OK") this.keepPolicy(given, ended.result as PolicyApplied);
    await this.compareState();
    if (expected.code === "POLICY_NOT_MET" && expected.said)
      expect(ended.rules?.map(lineOf)).toEqual(expected.said.map(({ line }) => line));
    if (expected.code === "OK" && !expected.isIdle && preview) await this.compareDecision(step, expected);
    if (preview && !expected.isIdle) this.comparePreview(preview, expected, step);
  }

  private keepPolicy(given: Parameters<PlainWorld["policies"]["set"]>[1]["input"], { policy, changed }: PolicyApplied) {
    const { name, revision } = policy;
    const last = this.world.revisions.get(name) ?? 0;
    expect(revision).toBe(changed ? last + 1 : last);
    this.world.revisions.set(name, revision);
    this.world.policies.set(name, { name, revision, input: given });
  }

  /** What the registry foretells about a move; null for what is none, and for a version that is not there. */
  private async preview(step: Step) {
    if (step.do !== "promote" && step.do !== "setAlias" && step.do !== "rollback") return null;
    const to: Place = step.do === "setAlias" ? `@${step.alias}` : step.to;
    const model = this.world.living(step.model);
    const version =
      step.do === "rollback" ? model && previousOf(model, to) : find(this.world, step.model, step.number)?.version;
    if (!version) return null;
    const replacesHolders = step.do !== "promote" || step.replaces;
    const move = { target: targetOf(to), reason: step.reason, isRollback: step.do === "rollback", replacesHolders };
    return previewPromotion(this.database.prisma, viewerOf(step.who), {
      version: { number: { model: step.model, number: version.number } },
      move,
      at: new Date(this.world.at),
      people: new People(),
    });
  }

  private comparePreview(
    { results, obstacles }: NonNullable<Awaited<ReturnType<typeof previewPromotion>>>,
    { code, said }: Expected,
    step: Step,
  ): void {
    const unmet = unmetRules(results).map(lineOf);
    const isOverride = "override" in step && step.override !== null;
    if (code === "POLICY_NOT_MET")
      expect({ unmet, obstacles }).toEqual({ unmet: said?.map(({ line }) => line), obstacles: [] });
    else if (code === "OK") {
      expect(obstacles).toEqual([]);
      if (said) expect(results.map(lineOf)).toEqual(said.map(({ line }) => line));
      if (!isOverride) expect(unmet).toEqual([]);
    } else if (code !== "INVALID_INPUT" && !isOverride) expect(obstacles).not.toEqual([]);
    this.count(code === "OK" && unmet.length > 0 ? "overridden" : "previewed");
    if (results.some(({ status }) => status === "EVALUATED")) this.count(`evaluated ${code}`);
  }

  /** The event of the move keeps what the model says. */
  private async compareDecision({ who }: Step, { said = [] }: Expected): Promise<void> {
    const { subject, rules } = await readNewestMove(this.database);
    expect({ subject, rules: rules?.map(lineOf) ?? [] }).toEqual({ subject: who, rules: said.map(({ line }) => line) });
  }

  private async compareState(): Promise<void> {
    const { ids, lines } = await readState(this.database);
    for (const model of this.world.models) if (!model.isDeleted) model.id = ids.get(model.name) ?? model.id;
    const expected = this.world.models.flatMap(({ name, isDeleted, versions, aliases }) => [
      `${name}${isDeleted ? " deleted" : ""}`,
      ...versions.map((each) => `${name}/${each.number} ${each.stage}${each.isDeleted ? " deleted" : ""}`),
      ...[...aliases].map(([alias, { number }]) => `${name}@${alias} ${number}`),
    ]);
    expect(lines).toEqual(expected.sort());
  }

  private async idOf(model: string, number: number): Promise<string> {
    const found = await this.database.prisma.modelVersion.findFirst({ where: { number, model: { liveName: model } } });
    return found?.id ?? randomUUID();
  }

  count(what: string, times = 1): void {
    if (times > 0) this.seen.set(what, (this.seen.get(what) ?? 0) + times);
  }
}

async function settle(call: () => Promise<unknown>): Promise<Ended> {
  try {
    return { code: "OK", result: await call() };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { code: error.code, rules: error.details.rules as readonly Line[] };
  }
}
