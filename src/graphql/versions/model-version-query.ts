import { visibleVersion } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { selectRow } from "../kit/row-selection.js";
import { ModelVersion } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";

builder.queryField("modelVersion", (t) =>
  t.field({
    type: ModelVersion,
    nullable: true,
    description:
      "The version that the reference names; null if there is none, it is deleted or the viewer may not see it.",
    args: { ref: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }) },
    resolve: async (_root, args, context, info) => {
      const selection = selectRow({ context, info }, "ModelVersion");
      const ref = toVersionRef("ref", args.ref);
      const visible = visibleVersion(context.viewer);
      if ("alias" in ref) {
        // From the alias, which its primary key finds: from the version, it would read all versions of the model.
        const { alias: name, model: liveName } = ref.alias;
        const where = { name, model: { liveName }, modelVersion: visible };
        const found = await context.db.alias.findFirst({ where, select: { modelVersion: selection } });
        return found?.modelVersion;
      }
      const named = "id" in ref ? { id: ref.id } : { number: ref.number.number, model: { liveName: ref.number.model } };
      return context.db.modelVersion.findFirst({ ...selection, where: { AND: [named, visible] } });
    },
  }),
);
