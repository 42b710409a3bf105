export interface ActorData {
  readonly subject: string;
  readonly name: string | null;
}

export function nameOf({ name, subject }: ActorData): string {
  return name ?? subject;
}

export function Actor({ actor }: { actor: ActorData }) {
  return <span title={actor.subject}>{nameOf(actor)}</span>;
}
