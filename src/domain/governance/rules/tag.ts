import { matchesPattern } from "../../../util/linear-pattern.js";
import { InvalidInputError } from "../../errors.js";
import { TAG_KEY_MAX } from "../../values/tag.js";
import { parseLabel, parseText } from "../../values/text.js";
import { type Evidence, evidenceAuthor } from "../evidence.js";
import type { TagFact } from "../facts.js";
import { accepts, parsePrincipals } from "../principals.js";
import type { RuleFields, RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";
import { parseDistinct, parsePattern } from "./parse-members.js";
import { describeChoices, evidenceClause, shorten } from "./wording.js";

type TagRule = RuleFields["tag"];

const VALUES_MAX = 100;
/** Shorter than a tag may be: the values stand in the policy, and in each of its events. */
const VALUE_MAX = 1_000;

export const tag: RuleRow<"tag"> = {
  parse(field, { on, key, values, pattern, evidenceFrom }) {
    if (values && typeof pattern === "string") {
      throw new InvalidInputError(field, `${field} must not give both values and pattern.`);
    }
    return {
      on: on ?? "VERSION",
      key: parseLabel(`${field}.key`, key, TAG_KEY_MAX),
      ...(values ? { values: parseTagValues(`${field}.values`, values) } : {}),
      ...(typeof pattern === "string" ? { pattern: parsePattern(`${field}.pattern`, pattern) } : {}),
      ...(evidenceFrom ? { evidenceFrom: parsePrincipals(`${field}.evidenceFrom`, evidenceFrom) } : {}),
    };
  },

  describe: (rule) =>
    `The ${nounOf(rule)} has the tag "${rule.key}"${valueClause(rule)}.${evidenceClause(rule.evidenceFrom)}`,

  needs: ({ on, key }) => ({ tags: [{ on, key }] }),

  check(rule, { tags }) {
    const name = `the tag "${rule.key}"`;
    const noun = nounOf(rule);
    const found = tags.find(({ on, key }) => on === rule.on && key === rule.key);
    if (!found) return failed(`The ${noun} does not have ${name}.`, `Set ${name} on the ${noun}${valueClause(rule)}.`);
    const evidence = [tagEvidence(found)];
    if (!allowsValue(rule, found.value))
      return failed(
        `The value of ${name} of the ${noun} is not allowed.`,
        `Set ${name}${valueClause(rule)}.`,
        evidence,
      );
    if (rule.evidenceFrom && !accepts(rule.evidenceFrom, found.author)) {
      return failed(
        `${name[0]?.toUpperCase()}${name.slice(1)} of the ${noun} was set by somebody whose evidence does not count.`,
        `Let somebody whose evidence counts set ${name}.`,
        evidence,
      );
    }
    return passed(`The ${noun} has ${name} with an allowed value.`, evidence);
  },

  onRollback: "ASK",
  canOverride: true,
};

export function parseTagValues(field: string, values: readonly string[]): string[] {
  return parseDistinct(field, values, VALUES_MAX, (at, value) => parseText(at, value, VALUE_MAX));
}

function nounOf({ on }: Pick<TagRule, "on">): string {
  return on === "MODEL" ? "model" : "version";
}

function valueClause({ values, pattern }: TagRule): string {
  if (values) return `, with ${describeChoices(values)}`;
  return pattern === undefined ? "" : `, with a value that the pattern ${pattern} matches`;
}

function allowsValue({ values, pattern }: TagRule, value: string): boolean {
  if (values) return values.includes(value);
  return pattern === undefined || matchesPattern(pattern, value);
}

function tagEvidence(found: TagFact): Evidence {
  const value = shorten(found.value);
  return {
    kind: "TAG",
    summary: `${nounOf(found)} tag ${found.key} = ${value}`,
    key: found.key,
    value,
    author: evidenceAuthor(found.author),
  };
}
