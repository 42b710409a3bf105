import { z } from "zod";
import { logInputs } from "../../registry/tracking/log-inputs.js";
import { datasetInput, toInput } from "../datasets/dataset-input.js";
import { ofRun, required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { RUN_WORDS } from "./runs.js";

export const inputRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/runs/log-inputs",
    request: ofRun({
      datasets: z.array(datasetInput).default([]),
      models: z.array(z.object({ model_id: required })).default([]),
    }),
    scopes: [],
    points: ({ datasets }) => 20 + 5 * datasets.length,
    words: {
      missing({ run_id, models }, { details }) {
        const [, index] = /^input\.loggedModels\[(\d+)\]$/.exec(String(details.field)) ?? [];
        const model = index === undefined ? undefined : models[Number(index)];
        return model ? `Logged model with ID '${model.model_id}' not found.` : RUN_WORDS.missing({ run_id });
      },
    },
    async run({ commands }, { run_id: run, datasets, models }) {
      const inputs = datasets.map((input) => toInput(input, commands.sourceSchemes));
      const loggedModels = models.map(({ model_id }) => model_id);
      await logInputs(commands, { run, datasets: inputs, loggedModels, evenIfOver: true });
      return {};
    },
  }),
];
