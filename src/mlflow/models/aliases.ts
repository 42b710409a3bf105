import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import { deleteAlias } from "../../registry/versions/delete-alias.js";
import { setAlias } from "../../registry/versions/set-alias.js";
import { required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { readVersionByAlias, readVersionWithAliases } from "../versions/read-versions.js";
import { parseVersion } from "../versions/version-number.js";
import { requireModel } from "./read-models.js";

const ALIAS = { name: required, alias: required };
/** Another name for the version with the highest number. */
const LATEST = "latest";

/** The words that MLflow's tests and users know. The registry's own rules come after these. */
const newAlias = required.superRefine((alias, context) => {
  const message =
    alias.toLowerCase() === LATEST
      ? "'latest' alias name (case insensitive) is reserved."
      : /^v\d+$/i.test(alias)
        ? `Version alias name '${alias}' is reserved.`
        : /^[\w-]+$/.test(alias)
          ? null
          : `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`;
  if (message !== null) context.addIssue({ code: "custom", message });
});

export const aliasRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/registered-models/alias",
    request: z.object({ name: required, alias: newAlias, version: required }),
    scopes: [],
    async run({ commands }, { name, alias, version }) {
      await setAlias(commands, { model: { name }, number: parseVersion(version), alias });
      return {};
    },
  }),
  route({
    method: "GET",
    path: "/registered-models/alias",
    request: z.object(ALIAS),
    scopes: [TYPE_SCOPE.Alias],
    async run(context, { name, alias }) {
      const found =
        alias.toLowerCase() === LATEST
          ? await readVersionWithAliases(context, { model: { liveName: name } })
          : await readVersionByAlias(context, name, alias);
      if (found) return { model_version: found };
      await requireModel(context, name);
      throw new InvalidInputError("alias", `Registered model alias ${alias} not found.`);
    },
  }),
  route({
    method: "DELETE",
    path: "/registered-models/alias",
    request: z.object(ALIAS),
    scopes: [],
    async run(context, { name, alias }) {
      await deleteAlias(context.commands, { model: { name }, alias }).catch((error) => {
        if (!(error instanceof NotFoundError)) throw error;
        // an alias that is gone may be deleted again, if the model is there
        return requireModel(context, name);
      });
      return {};
    },
  }),
];
