/** An event as it is stored, with its columns as JSON values. */
export interface StoredEvent {
  readonly revision: bigint;
  readonly body: string;
  /** In hexadecimal digits. */
  readonly hash: string;
  readonly columns: Columns;
}

/** What is wrong with a log, and the first revision at which it shows. */
export interface Fault {
  readonly revision: bigint;
  /** The rest of a sentence that begins with the revision: "was removed". */
  readonly text: string;
}

/** The sentence that reports a fault. */
export function describeFault({ revision, text }: Fault): string {
  return /^to \d/.test(text) ? `Revisions ${revision} ${text}.` : `Revision ${revision} ${text}.`;
}

type Columns = Readonly<Record<string, unknown>>;

interface Body {
  readonly actor: {
    readonly issuer: string;
    readonly subject: string;
    readonly name: string | null;
    readonly kind: string;
  };
  readonly at: string;
  readonly commit: { readonly id: string; readonly size: number; readonly index: number };
  readonly id: string;
  readonly requestId: string;
  readonly revision: number;
  readonly subject: Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };
  readonly tokenId: string | null;
  readonly type: string;
}

/** The columns that repeat what a body contains, by their names in the table. */
export function columnsOfBody(text: string): Columns {
  const { actor, at, commit, id, requestId, revision, subject, tokenId, type } = JSON.parse(text) as Body;
  const { id: subjectId, type: subjectType, ...about } = subject;
  return {
    ...about,
    revision,
    id,
    type,
    at,
    tokenId,
    requestId,
    subjectId,
    subjectType,
    actorIssuer: actor.issuer,
    actorSubject: actor.subject,
    actorName: actor.name,
    actorKind: actor.kind,
    commitId: commit.id,
    commitSize: commit.size,
    commitIndex: commit.index,
  };
}

/** The first column whose value is not that of the body; null if all agree. A missing value counts as null. */
function findAlteredColumn(columns: Columns, expected: Columns): string | null {
  const names = Object.keys({ ...expected, ...columns });
  return names.find((name) => (columns[name] ?? null) !== (expected[name] ?? null)) ?? null;
}

/** Why an event does not follow from the previous one; null if it does. */
export function findFault(
  event: StoredEvent,
  { revision, expectedHash }: { revision: bigint; expectedHash: string },
): Fault | null {
  if (event.revision < revision) return { revision, text: `is not in its place: revision ${event.revision} is there` };
  if (event.revision > revision) {
    const last = event.revision - 1n;
    return { revision, text: last === revision ? "was removed" : `to ${last} were removed` };
  }
  let expected: Columns;
  try {
    expected = columnsOfBody(event.body);
  } catch {
    return { revision, text: "was altered: its body is not an event" };
  }
  if (!Number.isSafeInteger(expected.revision)) return { revision, text: "was altered: its body has no revision" };
  if (expected.revision !== Number(revision)) {
    return { revision, text: `was swapped: it holds the body of revision ${expected.revision}` };
  }
  if (event.hash !== expectedHash) {
    return {
      revision,
      text: "was altered, or the one before it was: its hash does not match its body and the previous hash",
    };
  }
  const column = findAlteredColumn(event.columns, expected);
  return column === null ? null : { revision, text: `was altered: its column ${column} differs from its body` };
}
