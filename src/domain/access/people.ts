import { type Actor, actorKey, isSameActor } from "./actor.js";

export type Identity = Pick<Actor, "issuer" | "subject">;

/**
 * Which identities belong to one person, so that somebody with tokens of two issuers does not count as two people. The settings
 * name them; an identity that they do not name is a person of its own.
 */
export class People {
  private identities = new Map<string, readonly Identity[]>();

  /** Each list holds the identities of one person. No identity may be in two of them. */
  constructor(people: readonly (readonly Identity[])[] = []) {
    this.replace(people);
  }

  replace(people: readonly (readonly Identity[])[]): void {
    this.identities = new Map(
      people.flatMap((identities) => identities.map((identity) => [actorKey(identity), identities] as const)),
    );
  }

  /** All identities of the person, this one among them. */
  identitiesOf(identity: Identity): readonly Identity[] {
    return this.identities.get(actorKey(identity)) ?? [identity];
  }

  isSame(a: Identity, b: Identity): boolean {
    return this.identitiesOf(a).some((identity) => isSameActor(identity, b));
  }

  /** The first of each person. */
  distinct<T>(items: readonly T[], identityOf: (item: T) => Identity): T[] {
    return items.filter(
      (item, index) => !items.slice(0, index).some((earlier) => this.isSame(identityOf(earlier), identityOf(item))),
    );
  }
}
