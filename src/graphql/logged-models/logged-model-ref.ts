import { InvalidInputError } from "../../domain/errors.js";
import { isLoggedModelId } from "../../domain/logged-models/logged-model.js";
import { decodeId } from "../kit/ids.js";

/** The own id of a logged model, from its own id or its global id. */
export function parseLoggedModelReference(field: string, text: string): string {
  const decoded = decodeId(text);
  if (decoded?.type === "LoggedModel") return decoded.id;
  if (!decoded && isLoggedModelId(text)) return text;
  throw new InvalidInputError(
    field,
    `${field} is neither a logged model's own id nor the global id of a logged model.`,
  );
}
