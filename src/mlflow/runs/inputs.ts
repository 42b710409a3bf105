import { z } from "zod";
import { logInputs } from "../../registry/tracking/log-inputs.js";
import { datasetInput, toInput } from "../datasets/dataset-input.js";
import { ofRun } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { RUN_WORDS } from "./runs.js";

export const inputRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/runs/log-inputs",
    request: ofRun({ datasets: z.array(datasetInput).default([]) }),
    scopes: [],
    points: ({ datasets }) => 20 + 5 * datasets.length,
    words: RUN_WORDS,
    async run({ commands }, { run_id: run, datasets }) {
      const inputs = datasets.map((input) => toInput(input, commands.sourceSchemes));
      await logInputs(commands, { run, datasets: inputs, evenIfOver: true });
      return {};
    },
  }),
];
