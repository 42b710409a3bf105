import { visibleVersion } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { ModelVersion } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";

builder.queryField("modelVersion", (t) =>
  t.prismaField({
    type: ModelVersion,
    nullable: true,
    description:
      "The version that the reference names; null if there is none, it is deleted or the viewer may not see it.",
    args: { ref: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }) },
    resolve: async (query, _root, args, { db, viewer }) => {
      const ref = toVersionRef("ref", args.ref);
      const visible = visibleVersion(viewer);
      if ("alias" in ref) {
        // From the alias, which its primary key finds: from the version, it would read all versions of the model.
        const { alias: name, model: liveName } = ref.alias;
        const where = { name, model: { liveName }, modelVersion: visible };
        const found = await db.alias.findFirst({ where, select: { modelVersion: query } });
        return found?.modelVersion;
      }
      const named = "id" in ref ? { id: ref.id } : { number: ref.number.number, model: { liveName: ref.number.model } };
      return db.modelVersion.findFirst({ ...query, where: { AND: [named, visible] } });
    },
  }),
);
