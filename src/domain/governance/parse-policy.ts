import { InvalidInputError } from "../errors.js";
import { requireAtMost, requireDistinct } from "../values/list.js";
import { TAG_KEY_MAX } from "../values/tag.js";
import { parseAnyLine, parseLabel, parseName } from "../values/text.js";
import { parseRule, type RuleInput } from "./parse-rule.js";
import { type PolicyTargetInput, parsePolicyTarget } from "./parse-target.js";
import type { PolicyDefinition, PolicyMode, PolicyProtection, PolicySelector, SelectorTag } from "./policy.js";
import { type PrincipalsInput, parsePrincipals } from "./principals.js";
import { requireReachable } from "./reachable.js";
import { parseDistinct } from "./rules/parse-members.js";
import { parseTagValues } from "./rules/tag.js";

const NAME_MAX = 256;
const MODEL_GLOB_MAX = 256;
const GLOBS_MAX = 100;
const SELECTOR_TAGS_MAX = 20;
const RULES_MAX = 100;
const RESERVED_TAGS_MAX = 50;

type Absent = null | undefined;

/** What users give for a policy: absent and null members get their defaults. */
export interface PolicyInput {
  readonly name: string;
  readonly mode?: PolicyMode | Absent;
  readonly selector?: PolicySelectorInput | Absent;
  readonly target: PolicyTargetInput;
  readonly rules?: readonly RuleInput[] | Absent;
  readonly protection?: PolicyProtectionInput | Absent;
  readonly protected?: boolean | Absent;
}

export interface PolicySelectorInput {
  readonly models?: readonly string[] | Absent;
  readonly tags?: readonly SelectorTag[] | Absent;
}

export interface PolicyProtectionInput {
  readonly freezeDescription?: boolean | Absent;
  readonly freezeTags?: boolean | Absent;
  readonly reservedTags?: readonly { readonly keys: readonly string[]; readonly from: PrincipalsInput }[] | Absent;
  readonly movers?: PrincipalsInput | Absent;
}

/** A policy's input, checked. */
export interface ParsedPolicy {
  readonly name: string;
  readonly mode: PolicyMode;
  readonly definition: PolicyDefinition;
}

/** Checks a policy. Throws INVALID_INPUT, also for one that does nothing or can never be met. */
export function parsePolicy(field: string, input: PolicyInput): ParsedPolicy {
  const name = parseName(`${field}.name`, input.name, NAME_MAX);
  requireAtMost(`${field}.rules`, input.rules ?? [], RULES_MAX);
  const definition: PolicyDefinition = {
    selector: parseSelector(`${field}.selector`, input.selector ?? {}),
    target: parsePolicyTarget(`${field}.target`, input.target),
    rules: (input.rules ?? []).map((rule, index) => parseRule(`${field}.rules[${index}]`, rule)),
    protection: parseProtection(`${field}.protection`, input.protection ?? {}),
    ...(input.protected ? { protected: true } : {}),
  };
  requireEffect(field, definition);
  requireReachable(field, definition);
  return { name, mode: input.mode ?? "ENFORCE", definition };
}

function parseSelector(field: string, { models, tags }: PolicySelectorInput): PolicySelector {
  requireAtMost(`${field}.tags`, tags ?? [], SELECTOR_TAGS_MAX);
  const parsed = (tags ?? []).map(({ key, values }, index) => ({
    key: parseLabel(`${field}.tags[${index}].key`, key, TAG_KEY_MAX),
    values: parseTagValues(`${field}.tags[${index}].values`, values),
  }));
  requireDistinct(`${field}.tags`, parsed);
  return { models: parseGlobs(`${field}.models`, models ?? ["*"], MODEL_GLOB_MAX), tags: parsed };
}

function parseGlobs(field: string, globs: readonly string[], max: number): string[] {
  return parseDistinct(field, globs, GLOBS_MAX, (at, glob) => parseAnyLine(at, glob, max));
}

function parseProtection(field: string, input: PolicyProtectionInput): PolicyProtection {
  const reserved = input.reservedTags ?? [];
  requireAtMost(`${field}.reservedTags`, reserved, RESERVED_TAGS_MAX);
  return {
    freezeDescription: input.freezeDescription ?? false,
    freezeTags: input.freezeTags ?? false,
    reservedTags: reserved.map(({ keys, from }, index) => ({
      keys: parseGlobs(`${field}.reservedTags[${index}].keys`, keys, TAG_KEY_MAX),
      from: parsePrincipals(`${field}.reservedTags[${index}].from`, from),
    })),
    ...(input.movers ? { movers: parsePrincipals(`${field}.movers`, input.movers) } : {}),
  };
}

function requireEffect(field: string, { rules, protection }: PolicyDefinition): void {
  const { freezeDescription, freezeTags, reservedTags, movers } = protection;
  if (rules.length > 0 || freezeDescription || freezeTags || reservedTags.length > 0 || movers) return;
  throw new InvalidInputError(
    `${field}.rules`,
    `${field} must have a rule or a protection: without both it does nothing. To turn a policy off, set mode to OFF.`,
  );
}
