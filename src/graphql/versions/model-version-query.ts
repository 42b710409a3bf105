import { builder } from "../kit/builder.js";
import { ModelVersion } from "./model-version.js";
import { modelVersionWhere } from "./model-version-filter.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";

builder.queryField("modelVersion", (t) =>
  t.prismaField({
    type: ModelVersion,
    nullable: true,
    description:
      "The version that the reference names; null if there is none, it is deleted or the viewer may not see it.",
    args: { ref: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }) },
    resolve: (query, _root, args, context) => {
      const ref = toVersionRef("ref", args.ref);
      const named =
        "id" in ref
          ? { id: ref.id }
          : "number" in ref
            ? { number: ref.number.number, model: { liveName: ref.number.model } }
            : { aliases: { some: { name: ref.alias.alias } }, model: { liveName: ref.alias.model } };
      return context.db.modelVersion.findFirst({
        ...query,
        where: { AND: [named, modelVersionWhere(context, null)] },
      });
    },
  }),
);
