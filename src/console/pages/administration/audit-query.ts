import { graphql, type ResultOf } from "../../graphql/graphql";

export const AuditRow = graphql(`
  fragment AuditRow on AuditEntry @_unmask {
    revision
    eventId
    type
    at
    actor { subject name issuer }
    modelName
    versionNumber
    experimentName
    environment
    subjectType
    subjectId
    before
    after
    requestId
    tokenId
    hash
  }
`);

export type AuditEntry = ResultOf<typeof AuditRow>;

/** The newest first: the connection is in the order of the log. */
export const AUDIT = graphql(
  `
    query ConsoleAudit($where: RegistryEventFilter, $before: String, $last: Int!) {
      audit(last: $last, before: $before, where: $where) {
        totalCount
        nodes { ...AuditRow }
        pageInfo { hasPreviousPage startCursor }
      }
    }
  `,
  [AuditRow],
);

/** The same without the number of all entries, which costs a count for each page. */
export const AUDIT_PAGE = graphql(
  `
    query ConsoleAuditPage($where: RegistryEventFilter, $before: String, $last: Int!) {
      audit(last: $last, before: $before, where: $where) {
        nodes { ...AuditRow }
        pageInfo { hasPreviousPage startCursor }
      }
    }
  `,
  [AuditRow],
);
