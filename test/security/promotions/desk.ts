import { uuidv7 } from "uuidv7";
import { settleRequests } from "../../../src/registry/promotions/settle-requests.js";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { byNumber, PIPELINE, register } from "../governance/gate.js";

export { PIPELINE } from "../governance/gate.js";

/** An approver, who may do nothing else. */
export const approver = (subject: string, groups: readonly string[] = ["risk"]): As => ({
  subject,
  groups,
  scopes: ["models:read", "stages:approve"],
});
export const RITA = approver("rita");
export const ROB = approver("rob");
/** The requester with every scope that could help. */
export const SELF: As = { ...PIPELINE, groups: ["risk"], scopes: [...(PIPELINE.scopes ?? []), "stages:approve"] };

const IN_PRODUCTION = "{ stage: PRODUCTION }";

export const askFor = (model: string, number = 1, target = IN_PRODUCTION, more = "") =>
  `requestPromotion(input: { version: ${byNumber(model, number)}, target: ${target} ${more} })`;
export const onRequest = (mutation: string, id: string, more = "") =>
  `${mutation}(input: { request: "${id}" ${more} })`;
export const approve = (id: string) => onRequest("approvePromotion", id);
export const reject = (id: string) => onRequest("rejectPromotion", id);
export const cancel = (id: string) => onRequest("cancelPromotion", id);
export const renew = (id: string) => onRequest("renewPromotion", id);
export const comment = (id: string) => onRequest("commentPromotion", id, `, body: "Why?"`);

/** A policy of the name of the model that it selects, for PRODUCTION and the alias `live`. */
export const guard = (model: string, rules: string, more = "") =>
  `applyPolicy(input: { name: "${model}", selector: { models: ["${model}"] }
    target: { stages: [PRODUCTION], aliases: ["live"] }, rules: [${rules}] ${more} }) { revision }`;
export const EYES = "{ approvals: { quorum: 1 } }";

/** A server, and requests on it. */
export function useDesk(seed = "") {
  const commands = useCommandServer(seed);
  return {
    commands,

    /** A model with versions and a policy, all by the pipeline and a tester. */
    async open(model: string, rules = EYES, versions = 1): Promise<void> {
      for (let number = 0; number < versions; number++) await run(register(model), PIPELINE);
      await commands.mutate(guard(model, rules));
    },

    async ask(model: string, number = 1, target = IN_PRODUCTION, more = "", as = PIPELINE): Promise<string> {
      const { requestPromotion } = await commands.mutate(
        `${askFor(model, number, target, more)} { request { id } }`,
        as,
      );
      return requestPromotion.request.id;
    },

    run,

    async statusOf(id: string): Promise<string> {
      const { promotionRequest } = await commands.data(`{ promotionRequest(id: "${id}") { status } }`);
      return promotionRequest.status;
    },

    async stageOf(model: string, number = 1): Promise<string> {
      const { modelVersion } = await commands.data(`{ modelVersion(ref: ${byNumber(model, number)}) { stage } }`);
      return modelVersion.stage;
    },

    /** Does what the server does every minute: executes, ends and outdates requests. Returns how many. */
    settle(): Promise<number> {
      const { prisma } = commands.server.database;
      return settleRequests({ prisma, now: () => new Date(), newId: uuidv7, sourceSchemes: [] });
    },

    /** Changes the row of a request behind the server's back. */
    async edit(id: string, set: string): Promise<void> {
      await commands.server.database.pool.query(`UPDATE "PromotionRequest" SET ${set} WHERE "id" = $1`, [rowId(id)]);
    },
  };

  async function run(mutation: string, as?: As): Promise<void> {
    await commands.mutate(`${mutation} { __typename }`, as);
  }
}

/** The id in a global id. */
export function rowId(id: string): string {
  const [uuid] = /[0-9a-f-]{36}$/.exec(Buffer.from(id, "base64url").toString()) ?? [];
  if (!uuid) throw new Error(`${id} is no global id.`);
  return uuid;
}
