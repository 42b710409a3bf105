import type { Draft } from "./policies-query";

/** What `Policy.definition` holds: what `applyPolicy` takes. */
export interface Definition {
  readonly selector?: {
    readonly models?: readonly string[];
    readonly tags?: readonly { key: string; values: string[] }[];
  };
  readonly target: { readonly stages?: readonly string[]; readonly aliases?: readonly string[] };
  readonly rules?: readonly object[];
  readonly protection?: object;
}

export function targetsOf({ target: { stages = [], aliases = [] } }: Definition): readonly string[] {
  return [...stages, ...aliases.map((alias) => `alias ${alias}`)];
}

/** The part of a policy that decides. */
export function toDraft({ selector, target, rules }: Definition): Draft {
  return { target, ...(selector && { selector }), ...(rules && { rules }) } as Draft;
}
