import { LOGGED_MODEL_STATUSES } from "../../domain/logged-models/logged-model.js";
import { RUN_STATUSES } from "../../domain/tracking/run.js";
import { LoggedModelStatus } from "../logged-models/logged-model-status.js";
import { RunStatus } from "../tracking/run-status.js";
import { aboutDataset, aboutLoggedModel, aboutRun, type EventFieldBuilder, namedText } from "./event-fields.js";
import { snapshotsOf, wordOf } from "./registry-event.js";

export const runStatus = (t: EventFieldBuilder) => ({
  ...aboutRun(t),
  status: t.field({
    type: RunStatus,
    nullable: true,
    description: "The run's new status; null if it did not change.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "status", RUN_STATUSES),
  }),
});

export const loggedModelStatus = (t: EventFieldBuilder) => ({
  ...aboutLoggedModel(t),
  status: t.field({
    type: LoggedModelStatus,
    nullable: true,
    description: "The logged model's new status; null if it did not change.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "status", LOGGED_MODEL_STATUSES),
  }),
});

export const dataset = (t: EventFieldBuilder) => ({
  ...aboutDataset(t),
  name: namedText(t, "name", "The dataset's name."),
  digest: namedText(t, "digest", "The dataset's digest."),
});
