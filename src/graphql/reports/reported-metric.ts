import type {
  ComparedValues,
  ReportedMetric as Metric,
  ReportedDataset,
} from "../../domain/reports/reported-promotion.js";
import { builder } from "../kit/builder.js";

const MetricComparison = builder.objectRef<ComparedValues>("ReportedValues").implement({
  description: "The value of a metric of the promoted version, beside that of the version that held the target before.",
  fields: (t) => ({
    version: t.expose("version", {
      type: "MetricValue",
      nullable: true,
      description: "The promoted version's value; null if there is none.",
    }),
    previous: t.expose("previous", {
      type: "MetricValue",
      nullable: true,
      description:
        "The value of the version that held the target before; null if there was no such version, it has no such metric, or its run is deleted or hidden.",
    }),
  }),
});

export const ReportedMetric = builder.objectRef<Metric>("ReportedMetric").implement({
  description: "A metric of a promoted version: as its decision recorded it, and as it is now.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "The metric's key." }),
    datasetDigest: t.exposeString("datasetDigest", {
      nullable: true,
      description: "The digest of the dataset that it was measured on; null for none.",
    }),
    recorded: t.field({
      type: MetricComparison,
      nullable: true,
      description:
        "The values when the version was promoted, as they stand in the event; null if no rule looked at the metric, so that they were not recorded.",
      resolve: ({ recorded }) => recorded,
    }),
    current: t.field({
      type: MetricComparison,
      nullable: true,
      description: "The latest values now, which may have been logged after the promotion; null if there are none.",
      resolve: ({ current }) => current,
    }),
  }),
});

export const ReportedInput = builder.objectRef<ReportedDataset>("ReportedInput").implement({
  description: "A dataset that the run of a promoted version read.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The dataset's name." }),
    digest: t.exposeString("digest", { description: "The dataset's digest." }),
    context: t.exposeString("context", {
      nullable: true,
      description: "What it was used for, such as `training`; null if not stated.",
    }),
  }),
});
