import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { expect } from "vitest";
import { RegistryError } from "../../../src/domain/errors.js";
import { reportCheck } from "../../../src/registry/checks/report-check.js";
import { type CommandContext, type CommandServices, createCommandContext } from "../../../src/registry/command.js";
import { applyPolicy } from "../../../src/registry/governance/apply-policy.js";
import { deletePolicy } from "../../../src/registry/governance/delete-policy.js";
import { cancelPromotion, renewPromotion } from "../../../src/registry/promotions/close-promotion.js";
import { requestPromotion } from "../../../src/registry/promotions/request-promotion.js";
import { approvePromotion, rejectPromotion } from "../../../src/registry/promotions/review-promotion.js";
import { settleRequests } from "../../../src/registry/promotions/settle-requests.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { transitionModelVersion } from "../../../src/registry/versions/transition-model-version.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { emptyDatabase } from "../../support/database/empty-database.js";
import { WRITER } from "../../support/writer.js";
import { findStrayDecisions } from "../gates/read-back.js";
import type { Seen } from "../play-until-seen.js";
import { type Eyes, LIFETIME, PEOPLE, PlainDesk, type Who } from "./plain-desk.js";

const pick = <const T extends readonly unknown[]>(...from: T): fc.Arbitrary<T[number]> => fc.constantFrom(...from);
const maker = pick("ada", "ada", "ben", "ben", "rita");
const approver = pick("rita", "rob", "leo", "leo", "ada", "ben");
const anybody = pick(...(Object.keys(PEOPLE) as Who[]));
const version = pick(1, 2, 3);
/** Which of the requests so far, from the newest. */
const which = pick(0, 0, 0, 1, 2);
const policy: fc.Arbitrary<Eyes> = fc
  .record({
    quorum: pick(1, 2),
    oneOfEach: pick([], [], ["risk"], ["risk", "legal"]),
    sameHolder: fc.boolean(),
    notRegistrant: fc.boolean(),
    needsCheck: fc.boolean(),
  })
  .map((eyes) => ({ ...eyes, quorum: Math.max(eyes.quorum, eyes.oneOfEach.length) }));

const step = <const K extends string, T extends object>(
  weight: number,
  kind: K,
  members: { [M in keyof T]: fc.Arbitrary<T[M]> },
) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(kind), wait: pick(1, 5, 30), ...members }) as unknown as fc.Arbitrary<
    { do: K; wait: number } & T
  >,
});

const STEP = fc.oneof(
  step(1, "apply", { policy: fc.option(policy, { freq: 8 }) }),
  step(2, "report", { version, isPassed: pick(true, true, false) }),
  step(6, "request", { who: maker, version, isAuto: fc.boolean(), replaces: fc.boolean() }),
  step(12, "approve", { who: approver, which }),
  step(1, "reject", { who: approver, which }),
  step(1, "cancel", { who: anybody, which }),
  step(3, "renew", { who: maker, which }),
  step(6, "promote", { who: maker, version, replaces: fc.boolean() }),
  step(2, "archive", { who: maker, version }),
  step(1, "expire", {}),
  step(2, "settle", {}),
);
type Step = typeof STEP extends fc.Arbitrary<infer S> ? S : never;
const HISTORY = fc.record({ policy, steps: fc.array(STEP, { minLength: 10, maxLength: 40 }) });

const refTo = (number: number) => ({ number: { model: "m", number } });

/** Plays histories on a registry and in the plain model, and compares them after each step. */
class ApprovalsPlayer {
  readonly seen = new Map<string, number>();
  private desk = new PlainDesk();
  private ids: string[] = [];
  private base: number;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
    this.base = Date.now();
  }

  async begin(first: Eyes): Promise<void> {
    this.base += 100 * LIFETIME * 1_000;
    this.desk = new PlainDesk();
    this.ids = [];
    for (const who of ["ada", "ben", "ada"] as const) {
      this.desk.register(who);
      await createModelVersion(this.as(who), { model: { name: "m" }, createModel: true, source: "s3://b/x" });
    }
    await this.play({ do: "apply", wait: 1, policy: first });
  }

  async play(step: Step): Promise<void> {
    this.desk.at += step.wait;
    const before = this.desk.requests.length;
    const call = this.callOf(step);
    if (!call) return;
    const [expected, run] = call;
    const result = await run().then(
      (value) => ({ code: "OK", value }),
      (error: unknown) => {
        if (error instanceof RegistryError) return { code: error.code, value: null };
        throw error;
      },
    );
    expect(result.code).toBe(expected);
    if (this.desk.requests.length > before) this.ids.push((result.value as { id: string }).id);
    const outcome = `${step.do} ${expected}`;
    this.seen.set(outcome, (this.seen.get(outcome) ?? 0) + 1);
    await this.compare();
  }

  /** What the plain model says, and the command. Undefined if the step is about a request that was never made. */
  private callOf(step: Step): [code: string, run: () => Promise<unknown>] | undefined {
    const { desk } = this;
    const index = "which" in step ? desk.requests.length - 1 - step.which : -1;
    const [request, id = ""] = [desk.requests[index], this.ids[index]];
    if ("which" in step && !request) return undefined;
    switch (step.do) {
      case "apply":
        if (step.policy === null && desk.policy === null) return undefined;
        return [desk.apply(step.policy), () => this.applyPolicy(step.policy)];
      case "report":
        return [desk.report(step.version, step.isPassed), () => this.report(refTo(step.version), step.isPassed)];
      case "request": {
        const { who, isAuto: autoExecute, replaces: archiveExisting } = step;
        const more = { autoExecute, archiveExisting, lifetimeSeconds: LIFETIME };
        const ask = () =>
          requestPromotion(this.as(who), { version: refTo(step.version), target: { stage: "PRODUCTION" }, ...more });
        return [desk.request(who, step.version, step), ask];
      }
      case "promote": {
        const move = { version: refTo(step.version), to: "PRODUCTION", archiveExisting: step.replaces } as const;
        return [
          desk.promote(step.who, step.version, step.replaces),
          () => transitionModelVersion(this.as(step.who), move),
        ];
      }
      case "archive":
        return [
          desk.archive(step.who, step.version),
          () => transitionModelVersion(this.as(step.who), { version: refTo(step.version), to: "ARCHIVED" }),
        ];
      case "expire":
        desk.at += LIFETIME;
        return ["OK", async () => null];
      case "settle":
        desk.settle();
        return ["OK", () => settleRequests(this.services())];
      default: {
        if (!request) return undefined;
        const run = {
          approve: approvePromotion,
          reject: rejectPromotion,
          cancel: cancelPromotion,
          renew: renewPromotion,
        };
        return [desk[step.do](step.who, request), () => run[step.do](this.as(step.who), { request: id })];
      }
    }
  }

  private async compare(): Promise<void> {
    const { pool } = this.database;
    const versions = await pool.query<{ stage: string }>(`SELECT "stage" FROM "ModelVersion" ORDER BY "number"`);
    expect(versions.rows.map(({ stage }) => stage)).toEqual(this.desk.versions.map(({ stage }) => stage));
    const requests = await pool.query<{ status: string; approvedBy: string[]; expiresAt: Date }>(
      `SELECT "status", "approvedBy", "expiresAt" FROM "PromotionRequest" ORDER BY "createdAt", "id"`,
    );
    const now = this.now();
    const shown = requests.rows.map(({ status, approvedBy, expiresAt }) => ({
      status: (status === "OPEN" || status === "APPROVED") && expiresAt <= now ? "EXPIRED" : status,
      approvedBy: approvedBy.map((key) => key.split("\n")[1]),
    }));
    const expected = this.desk.requests.map((each) => ({
      status: this.desk.statusOf(each),
      approvedBy: each.approvedBy,
    }));
    expect(shown).toEqual(expected);
  }

  private applyPolicy(eyes: Eyes | null): Promise<unknown> {
    if (eyes === null) return deletePolicy(this.as("boss"), { name: "eyes" });
    const { needsCheck, oneOfEach, ...rule } = eyes;
    const approvals = { ...rule, ...(oneOfEach.length > 0 ? { oneOfEach } : {}) };
    const rules = [...(needsCheck ? [{ check: { name: "scan" } }] : []), { approvals }];
    return applyPolicy(this.as("boss"), { name: "eyes", target: { stages: ["PRODUCTION"] }, rules });
  }

  private report(version: ReturnType<typeof refTo>, isPassed: boolean): Promise<unknown> {
    const status = isPassed ? "PASSED" : "FAILED";
    return reportCheck(this.as("boss"), { version, name: "scan", status });
  }

  private now(): Date {
    return new Date(this.base + this.desk.at * 1_000);
  }

  private services(): CommandServices {
    const now = () => this.now();
    return { prisma: this.database.prisma, now, newId: uuidv7, sourceSchemes: ["s3"] };
  }

  private as(who: Who): CommandContext {
    const { scopes, groups } = PEOPLE[who];
    const viewer = { ...WRITER, actor: { ...WRITER.actor, subject: who }, scopes: new Set(scopes), groups };
    return createCommandContext(this.services(), viewer, "approvals");
  }
}

/** Plays random histories of requests. Returns how often each kind of step ended in which way. */
export async function playApprovals(numRuns: number, seed?: number): Promise<Seen> {
  const database = await openTestDatabase();
  const player = new ApprovalsPlayer(database);
  try {
    await fc.assert(
      fc.asyncProperty(HISTORY, async ({ policy: first, steps }) => {
        await emptyDatabase(database);
        await player.begin(first);
        for (const each of steps) await player.play(each);
        expect(await findStrayDecisions(database)).toEqual([]);
        const verified = await verifyLog(database.pool, { trust: null, kept: [], acceptUnsignedBase: true });
        expect(verified.fault).toBeNull();
      }),
      { numRuns, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
    );
    return player.seen;
  } finally {
    await database.close();
  }
}
