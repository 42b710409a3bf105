import type { PolicyInput } from "../../../src/domain/governance/parse-policy.js";
import type { Stage } from "../../../src/domain/versions/stage.js";
import type { Who } from "./actors.js";

/** Where a version may be: the name of a stage, or of an alias after an `@`. */
export type Place = Stage | `@${string}`;

interface Stay {
  readonly place: Place;
  readonly since: number;
  readonly order: number;
  until: number | null;
}

export interface Told {
  readonly value: string;
  readonly by: Who;
}

export interface PlainVersion {
  readonly number: number;
  readonly fields: ReadonlySet<string>;
  description: string;
  readonly run: { readonly id: string; status: string; step: number; auc: { value: number; by: Who } | null } | null;
  readonly tags: Map<string, Told>;
  readonly checks: {
    readonly status: string;
    readonly at: number;
    readonly expires: number | null;
    readonly by: Who;
  }[];
  readonly stays: Stay[];
  stage: Stage;
  /** Rises with each entry into a stage. */
  entry: number;
  isDeleted: boolean;
}

export interface PlainModel {
  id: string;
  name: string;
  isDeleted: boolean;
  readonly tags: Map<string, Told>;
  readonly versions: PlainVersion[];
  readonly aliases: Map<string, PlainVersion>;
}

export interface PlainPolicy {
  readonly name: string;
  readonly revision: number;
  readonly input: PolicyInput;
}

/** The registry as a few lists: what a reader of the rules expects, without a database. */
export class PlainWorld {
  /** Milliseconds. */
  at: number;
  readonly models: PlainModel[] = [];
  readonly policies = new Map<string, PlainPolicy>();
  /** The last revision of each policy, deleted ones too. */
  readonly revisions = new Map<string, number>();
  private order = 0;

  constructor(at: number) {
    this.at = at;
  }

  next(): number {
    return ++this.order;
  }

  living(name: string): PlainModel | undefined {
    return this.models.find((model) => model.name === name && !model.isDeleted);
  }

  /** The policies in force that select a model, by name. */
  selecting({ name, tags }: Pick<PlainModel, "name" | "tags">): PlainPolicy[] {
    return [...this.policies.values()]
      .filter(({ input }) => input.mode !== "OFF" && selects(input, name, tags))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  enforced(model: Pick<PlainModel, "name" | "tags">): PlainPolicy[] {
    return this.selecting(model).filter(isEnforced);
  }

  /** The stages of a model that several versions hold although a policy allows one. */
  isShared(model: PlainModel): boolean {
    return (["STAGING", "PRODUCTION"] as const).some((stage) => {
      const isSingle = this.enforced(model).some(
        ({ input }) => guards(input, stage) && input.rules?.some(({ singleHolder }) => singleHolder),
      );
      return isSingle && holdersOf(model, stage).length > 1;
    });
  }

  enter(version: PlainVersion, place: Place): void {
    version.stays.push({ place, since: this.at, until: null, order: this.next() });
  }

  leave(version: PlainVersion, place: Place): void {
    for (const stay of version.stays) if (stay.place === place && stay.until === null) stay.until = this.at;
  }
}

export function isEnforced({ input }: PlainPolicy): boolean {
  return (input.mode ?? "ENFORCE") === "ENFORCE";
}

/** Globs by a regular expression. */
export function matches(globs: readonly string[], text: string): boolean {
  return globs.some((glob) =>
    new RegExp(
      `^${glob
        .split("*")
        .map((part) => part.replace(/\W/g, "\\$&"))
        .join(".*")}$`,
      "s",
    ).test(text),
  );
}

export function matchesName({ selector }: PolicyInput, name: string): boolean {
  return matches(selector?.models ?? ["*"], name);
}

export function selects(input: PolicyInput, name: string, tags: ReadonlyMap<string, Told>): boolean {
  return (
    matchesName(input, name) &&
    (input.selector?.tags ?? []).every(({ key, values }) => {
      const tag = tags.get(key);
      return tag === undefined || values.includes(tag.value);
    })
  );
}

export function guards({ target }: PolicyInput, place: Place): boolean {
  if (place.startsWith("@")) return matches(target.aliases ?? [], place.slice(1));
  return (target.stages ?? []).some((stage) => stage === place);
}

/** The versions at a place, the one that came last first. */
export function holdersOf({ versions, aliases }: PlainModel, place: Place): PlainVersion[] {
  if (place.startsWith("@")) return [aliases.get(place.slice(1))].filter((each) => each !== undefined);
  return versions.filter(({ stage, isDeleted }) => stage === place && !isDeleted).sort((a, b) => b.entry - a.entry);
}

/** The places of a version now. */
export function placesOf(model: PlainModel, version: PlainVersion): Place[] {
  const aliases = [...model.aliases].filter(([, held]) => held === version).map(([alias]): Place => `@${alias}`);
  return [version.stage, ...aliases];
}
