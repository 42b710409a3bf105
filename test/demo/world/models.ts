/** A made-up company's models: what each is measured by, and how far along it is. */
export interface WorldModel {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly metric: string;
  readonly isBetterHigher: boolean;
  /** Of the last version, roughly. */
  readonly reached: number;
  readonly versions: number;
  readonly dataset: string;
  readonly tier: "critical" | "standard";
}

const model = (
  name: string,
  owner: string,
  tier: WorldModel["tier"],
  [metric, reached, versions]: readonly [string, number, number],
  [dataset, description]: readonly [string, string],
): WorldModel => ({
  ...{ name, owner, tier, metric, reached, versions, dataset, description },
  isBetterHigher: !/rmse|mae|wer/.test(metric),
});

export const WORLD: readonly WorldModel[] = [
  model("card-fraud", "payments", "critical", ["auc", 0.972, 24], ["card-transactions", FRAUD()]),
  model(
    "credit-risk",
    "lending",
    "critical",
    ["auc", 0.861, 18],
    ["loan-applications", "Probability of default within twelve months."],
  ),
  model(
    "churn",
    "growth",
    "standard",
    ["auc", 0.834, 16],
    ["subscriptions", "Who is likely to leave in the next month."],
  ),
  model("delivery-eta", "logistics", "critical", ["rmse", 4.2, 15], ["trips", "Minutes until a parcel arrives."]),
  model("search-ranker", "search", "critical", ["ndcg", 0.712, 14], ["clicks", "Orders the results of a search."]),
  model(
    "product-recommender",
    "growth",
    "standard",
    ["recall_at_20", 0.391, 12],
    ["purchases", "What is bought together."],
  ),
  model("support-triage", "support", "standard", ["f1", 0.884, 11], ["tickets", "Which team answers a ticket."]),
  model(
    "invoice-ocr",
    "finance",
    "standard",
    ["accuracy", 0.964, 10],
    ["invoices", "Reads totals, dates and numbers from scanned invoices."],
  ),
  model(
    "demand-forecast",
    "supply",
    "standard",
    ["mae", 11.8, 10],
    ["orders", "Units that each warehouse sells next week."],
  ),
  model("call-transcriber", "support", "standard", ["wer", 0.118, 8], ["calls", "Text of recorded calls."]),
  model("image-moderation", "trust", "critical", ["f1", 0.942, 7], ["uploads", "Finds pictures that break the rules."]),
  model("house-prices", "research", "standard", ["rmse", 0.41, 5], ["listings", "The exercise for new colleagues."]),
];

function FRAUD(): string {
  return `Scores card payments **before** they are authorised.

## Use

- Threshold \`0.83\` blocks, \`0.6\` asks for a second factor.
- Not for transfers: those have [a model of their own](https://models.example.com/transfers).

| segment | share |
| --- | --- |
| in store | 61 % |
| online | 39 % |
`;
}
