// The documents that `shelfmark policy` sends. `shelfmark operations` prints them for SHELFMARK_OPERATIONS.

export const APPLY_POLICY = `mutation ApplyPolicy($input: ApplyPolicyInput!) {
  applyPolicy(input: $input) {
    changed needsApproval revision definition previousDefinition changeRequest { id }
  }
}`;

export const DELETE_POLICY = `mutation DeletePolicy($name: String!) {
  deletePolicy(input: { name: $name }) { deletedId changeRequest { id } }
}`;

export const POLICIES = `query Policies($after: String) {
  policies(first: 200, after: $after) {
    nodes {
      revision definition updatedAt updatedBy { subject }
      openChangeRequest { id kind expiresAt requestedBy { subject } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const POLICY = `query Policy($name: String!) {
  policy(name: $name) {
    revision definition updatedAt updatedBy { subject }
    openChangeRequest { id kind expiresAt requestedBy { subject } }
  }
}`;

export const PREVIEW_PROMOTION = `query PreviewPromotion(
  $version: ModelVersionRef!
  $target: PromotionTarget!
  $reason: String
  $archiveExisting: Boolean
  $isRollback: Boolean
) {
  previewPromotion(
    version: $version
    target: $target
    reason: $reason
    archiveExisting: $archiveExisting
    isRollback: $isRollback
  ) {
    allowed
    canOverride
    obstacles
    policies { name revision mode }
    rules { policy status requirement explanation satisfy evidence { summary } }
  }
}`;
