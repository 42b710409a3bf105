import "./scalars.js";
import "./viewer.js";
import "./head.js";
import "./model.js";
import "./model-version.js";
import "./stage-summary.js";
import "./stage-transition.js";
import "./node.js";
import "./model-mutations.js";
import "./model-version-mutations.js";
import "./transition-mutation.js";
import "./alias-mutations.js";
import "./tag-mutations.js";
import "./stage-changed.js";
import { builder } from "./builder.js";
import { SCHEMA_DESCRIPTION } from "./descriptions.js";

export const schema = builder.toSchema();
schema.description = SCHEMA_DESCRIPTION;
