import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";
import { recordedClaimsOf } from "./event-body.js";

const ActorClaim = builder.objectRef<{ name: string; value: string }>("ActorClaim").implement({
  description: "A claim of the token with which an event was caused, as the issuer's `recordClaims` names it.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The path of the claim, such as `actor`." }),
    value: t.exposeString("value", {
      description: "Its value as text, cut after 256 characters: a text, a number, `true` or `false`.",
    }),
  }),
});

type Types = (typeof builder)["$inferSchemaTypes"];
type EventFields = Pick<PothosSchemaTypes.FieldBuilder<Types, Event>, "field">;

/** Who stands behind a machine, for every type that shows an event's actor. */
export function actorClaimsField(t: EventFields) {
  return t.field({
    type: [ActorClaim],
    description:
      "The claims of the actor's token that its issuer's settings record, such as who started a pipeline; empty if there are none.",
    resolve: recordedClaimsOf,
  });
}
