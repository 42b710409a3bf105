import { InvalidInputError } from "../../errors.js";
import { parseAlias } from "../../versions/alias.js";
import type { Evidence } from "../evidence.js";
import type { Facts, StayFact } from "../facts.js";
import type { Finding, RuleFields, RuleRow } from "../rule.js";
import { describeTarget } from "../target.js";
import { failed, passed } from "./finding.js";
import { parseSeconds } from "./parse-members.js";
import { describeSeconds } from "./wording.js";

type Previous = RuleFields["previous"];

export const previous: RuleRow<"previous"> = {
  parse(field, { stage, alias, held, minimumSeconds }) {
    if ((typeof stage === "string") === (typeof alias === "string")) {
      throw new InvalidInputError(field, `${field} must give either stage or alias.`);
    }
    return {
      ...(stage ? { stage } : {}),
      ...(typeof alias === "string" ? { alias: parseAlias(`${field}.alias`, alias) } : {}),
      held: held ?? "NOW",
      minimumSeconds: parseSeconds(`${field}.minimumSeconds`, minimumSeconds ?? 0, 0),
    };
  },

  describe(rule) {
    const place = placeOf(rule);
    const was = rule.held === "NOW" ? `The version is ${place} now` : `The version is or was ${place}`;
    return rule.minimumSeconds === 0 ? `${was}.` : `${was}, for at least ${describeSeconds(rule.minimumSeconds)}.`;
  },

  needs: () => ({}),

  check(rule, facts) {
    const [best, ...others] = staysAt(rule, facts).sort((a, b) => secondsOf(b, facts) - secondsOf(a, facts));
    const place = placeOf(rule);
    if (!best) {
      const is = rule.held === "NOW" ? "is not" : "was never";
      return failed(`The version ${is} ${place}.`, putThere(rule));
    }
    const evidence = [stayEvidence(best, place)];
    if (secondsOf(best, facts) >= rule.minimumSeconds)
      return passed(`The version ${best.until ? "was" : "is"} ${place} for long enough.`, evidence);
    return tooShort(rule, [best, ...others], evidence);
  },

  onRollback: "SKIP",
  canOverride: true,
};

/** As in `The version is …`. */
function placeOf({ stage, alias = "" }: Previous): string {
  return stage ? `in ${stage}` : `under ${describeTarget({ alias })}`;
}

function putThere(rule: Previous): string {
  const { minimumSeconds } = rule;
  const length = minimumSeconds === 0 ? "" : `, and leave it there for at least ${describeSeconds(minimumSeconds)}`;
  return `Put the version ${placeOf(rule)}${length}.`;
}

function staysAt({ stage, alias, held }: Previous, { stays }: Facts): StayFact[] {
  return stays.filter(
    (stay) =>
      stay.stage === (stage ?? null) && stay.alias === (alias ?? null) && (held === "EVER" || stay.until === null),
  );
}

function secondsOf({ since, until }: StayFact, { at }: Facts): number {
  return ((until ?? at).getTime() - since.getTime()) / 1_000;
}

/** A stay that lasts meets the rule by itself; of those that ended none will. */
function tooShort(rule: Previous, stays: readonly StayFact[], evidence: readonly Evidence[]): Finding {
  const place = placeOf(rule);
  const lasting = stays.find(({ until }) => until === null);
  if (!lasting) {
    return failed(`The version was not ${place} for long enough.`, putThere(rule), evidence);
  }
  const due = new Date(lasting.since.getTime() + rule.minimumSeconds * 1_000).toISOString();
  return failed(
    `The version has not been ${place} for long enough yet.`,
    `Leave the version ${place}: the rule is met on ${due}.`,
    lasting === stays[0] ? evidence : [...evidence, stayEvidence(lasting, place)],
  );
}

function stayEvidence({ stage, alias, since, until }: StayFact, place: string): Evidence {
  const end = until ? ` until ${until.toISOString()}` : "";
  return {
    kind: "STAY",
    summary: `${place} since ${since.toISOString()}${end}`,
    key: stage ?? alias ?? "",
    at: since.toISOString(),
  };
}
