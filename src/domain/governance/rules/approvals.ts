import { InvalidInputError } from "../../errors.js";
import { parseAnyLine } from "../../values/text.js";
import { type Evidence, evidenceAuthor } from "../evidence.js";
import type { Facts, RequestFact } from "../facts.js";
import { accepts, describePrincipals, type Principals, parsePrincipals } from "../principals.js";
import type { RuleFields, RuleRow } from "../rule.js";
import { failed, passed, pending } from "./finding.js";
import { parseDistinct, parseInteger } from "./parse-members.js";
import { shorten } from "./wording.js";

type ApprovalsRule = RuleFields["approvals"];
type Approval = RequestFact["approvals"][number];

const QUORUM_MAX = 100;
const GROUPS_MAX = 20;
const GROUP_LENGTH_MAX = 256;

export const approvals: RuleRow<"approvals"> = {
  parse(field, { quorum, from, notRegistrant, notRequester, oneOfEach, sameHolder }) {
    const rule: ApprovalsRule = {
      quorum: parseInteger(`${field}.quorum`, quorum ?? 1, 1, QUORUM_MAX),
      ...(from ? { from: parsePrincipals(`${field}.from`, from) } : {}),
      notRegistrant: notRegistrant ?? true,
      notRequester: notRequester ?? true,
      ...(oneOfEach
        ? {
            oneOfEach: parseDistinct(`${field}.oneOfEach`, oneOfEach, GROUPS_MAX, (at, group) =>
              parseAnyLine(at, group, GROUP_LENGTH_MAX),
            ),
          }
        : {}),
      sameHolder: sameHolder ?? true,
    };
    requireEnough(field, rule);
    return rule;
  },

  describe(rule) {
    const who = rule.from ? ` by ${shorten(describePrincipals(rule.from))}` : "";
    const each = rule.oneOfEach ? `, one of each of the groups ${shorten(rule.oneOfEach.join(", "))}` : "";
    const others = [rule.notRequester && "the requester", rule.notRegistrant && "the registrant of the version"];
    const but = others.some(Boolean) ? `, not by ${others.filter(Boolean).join(" or ")}` : "";
    return `The promotion has ${people(rule.quorum)}${who}${each}${but}.`;
  },

  needs: () => ({}),

  check(rule, facts, { replacesHolders }) {
    const { request } = facts;
    if (request === null) {
      return failed(
        "Whoever moves the version has not requested it.",
        `Ask for it with requestPromotion, and wait for ${people(rule.quorum)}.`,
      );
    }
    if (request.staleReasons.length > 0) {
      return failed(`The request is stale: ${request.staleReasons.join(" ")}`, "Ask again with renewPromotion.");
    }
    if (replacesHolders && !request.replacesHolders) {
      return failed(
        "The move archives other versions, and the request does not say so.",
        "Move the version without archiveExisting, or cancel the request and ask with it.",
      );
    }
    const counting = request.approvals.filter(({ author }) => mayApprove(rule, facts, request, author));
    const counted = facts.people.distinct(counting, ({ author }) => author);
    const missing = missingOf(rule, counted);
    const evidence = counted.map(approvalEvidence);
    return missing.length === 0
      ? passed("The promotion was approved.", evidence)
      : pending(
          `The promotion has ${counted.length} of ${people(rule.quorum)}.`,
          `It waits for ${missing.join(" and ")}.`,
          evidence,
        );
  },

  onRollback: "SKIP",
  canOverride: true,
};

/** Whether an approval by this person counts for the rule. */
export function mayApprove(
  rule: ApprovalsRule,
  { version, people: persons }: Pick<Facts, "version" | "people">,
  { requester }: Pick<RequestFact, "requester">,
  author: Approval["author"],
): boolean {
  return (
    (!rule.from || accepts(rule.from, author)) &&
    !(rule.notRequester && persons.isSame(requester, author)) &&
    !(rule.notRegistrant && persons.isSame(version.registrant, author))
  );
}

function missingOf({ quorum, oneOfEach = [] }: ApprovalsRule, counted: readonly Approval[]): string[] {
  const more = quorum - counted.length;
  const groups = oneOfEach.filter((group) => !counted.some(({ author }) => author.groups.includes(group)));
  return [
    ...(more > 0 ? [`${people(more)} more`] : []),
    ...groups.map((group) => `somebody of the group ${shorten(group)}`),
  ];
}

/** A subject of an issuer is one person, so more than are named can never come together. */
function requireEnough(field: string, { quorum, from, oneOfEach = [] }: ApprovalsRule): void {
  if (quorum < oneOfEach.length) {
    throw new InvalidInputError(
      `${field}.quorum`,
      `${field}.quorum is ${quorum}, and oneOfEach names ${oneOfEach.length} groups: one person in all of them would do. Set it to ${oneOfEach.length} at least.`,
    );
  }
  const named = subjectsOf(from);
  if (named !== null && quorum > named) {
    throw new InvalidInputError(
      `${field}.quorum`,
      `${field}.quorum is ${quorum}, and from.subjects names ${named}: it could never be met.`,
    );
  }
}

function subjectsOf(from: Principals | undefined): number | null {
  if (!from?.subjects) return null;
  return from.subjects.length * (from.issuers?.length ?? 1);
}

function people(count: number): string {
  return count === 1 ? "1 approval" : `${count} approvals`;
}

function approvalEvidence({ at, author }: Approval): Evidence {
  return {
    kind: "APPROVAL",
    summary: `approved by ${shorten(author.name ?? author.subject)}`,
    at: at.toISOString(),
    author: evidenceAuthor(author),
  };
}
