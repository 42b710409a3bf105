import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { rowId } from "../promotions/desk.js";

export const author = (subject: string, more: Partial<As> = {}): As => ({
  subject,
  scopes: ["models:read", "policies:write"],
  ...more,
});
export const ADA = author("ada");
export const BEN = author("ben");
export const CARL = author("carl");

/** A protected policy for PRODUCTION of the models of its name, which asks for a reason of so many characters. */
export const policy = (name: string, length: number, more = "protected: true") =>
  `applyPolicy(input: { name: "${name}", selector: { models: ["${name}*"] }, target: { stages: [PRODUCTION] }
    rules: [{ reason: { minimumLength: ${length} } }] ${more} })`;
export const removal = (name: string, more = "") => `deletePolicy(input: { name: "${name}" ${more} })`;

export const onRequest = (mutation: string, id: string) => `${mutation}(input: { request: "${id}" })`;
export const approve = (id: string) => onRequest("approvePolicyChange", id);
export const reject = (id: string) => onRequest("rejectPolicyChange", id);
export const cancel = (id: string) => onRequest("cancelPolicyChange", id);

export interface Shown {
  readonly revision: number;
  readonly mode: string;
  readonly protected: boolean;
  readonly openChangeRequest: { readonly id: string; readonly status: string } | null;
}

/** A server with protected policies. */
export function useCommittee() {
  const commands = useCommandServer();
  return {
    commands,

    /** A new protected policy. */
    async protect(name: string): Promise<void> {
      await commands.mutate(`${policy(name, 5)} { changed }`, ADA);
    },

    /** Proposes by any mutation, and returns the request. */
    async propose(mutation: string, as = ADA): Promise<string> {
      const answer = await commands.mutate(`proposed: ${mutation} { changeRequest { id } }`, as);
      return answer.proposed.changeRequest.id;
    },

    async run(mutation: string, as: As): Promise<void> {
      await commands.mutate(`${mutation} { __typename }`, as);
    },

    async show(name: string): Promise<Shown | null> {
      const query = `{ policy(name: "${name}") { revision mode protected openChangeRequest { id status } } }`;
      return (await commands.data(query, {}, CARL)).policy;
    },

    async statusOf(id: string): Promise<string> {
      const query = `{ policyChangeRequest(id: "${id}") { status } }`;
      return (await commands.data(query, {}, CARL)).policyChangeRequest.status;
    },

    /** Gives the policy another revision behind the server's back: by its commands it has none while a request is open. */
    async tamper(name: string): Promise<void> {
      const { pool } = commands.server.database;
      await pool.query(`ALTER TABLE "Policy" DISABLE TRIGGER "policy_protected"`);
      await pool.query(`UPDATE "Policy" SET "revision" = "revision" + 1 WHERE "name" = $1`, [name]);
      await pool.query(`ALTER TABLE "Policy" ENABLE TRIGGER "policy_protected"`);
    },

    /** Ends the time of a request. */
    async expire(id: string): Promise<void> {
      const update = `UPDATE "PolicyChangeRequest" SET "expiresAt" = "createdAt" WHERE "id" = $1`;
      await commands.server.database.pool.query(update, [rowId(id)]);
    },
  };
}
