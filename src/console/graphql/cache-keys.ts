/** The types without an id of their own are kept inside of what holds them. All others are known by their `id`. */
const EMBEDDED = [
  ...["Actor", "ActorClaim", "Alias", "ComparedInput", "ComparedMetric", "ComparedText", "DeployedVersion"],
  ...[
    "DeploymentTarget",
    "Evidence",
    "GuardingPolicy",
    "Head",
    "Lineage",
    "LineageCount",
    "LineageEdge",
    "LineageNode",
  ],
  ...["Metric", "Param", "PromotionOverride", "PromotionPreview", "PromotionReview", "PolicyRule", "PolicyRuleResult"],
  ...[
    "StageSummary",
    "Tag",
    "VersionComparison",
    "Viewer",
    "UpstreamLink",
    "DownstreamLink",
    "Series",
    "SeriesPoint",
    "Commit",
  ],
  ...["DeploymentChange", "RanVersion"],
  ...["AuditEntry", "GuardRule", "LeftTarget", "ModelGuard", "Proof", "ReportedDecision", "ReportedOverrideReview"],
  ...["ReportedPromotion", "ReportedRequest", "ReportedReview", "ServedTime", "WebhookConditions", "WebhookRights"],
  ...["ActorConditions", "PolicyImpact", "PolicyImpactCounts", "PolicyImpactPromotion", "ReplayedRule"],
];

export const CACHE_KEYS = Object.fromEntries(EMBEDDED.map((name) => [name, () => null]));
