import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { Time } from "../../kit/time";
import type { EventLineData } from "./event-query";

const LONG = 200;

/** One event of a model: what happened, to which version, and what was said about it. */
export function EventItem({ model, event }: { model: string; event: EventLineData }) {
  const { type, at, actor, revision } = event;
  const number = "versionNumber" in event ? event.versionNumber : null;
  const details = detailsOf(event);
  return (
    <li>
      <div>
        {number !== null && (
          <>
            <Link to="/models/$name/versions/$number" params={{ name: model, number: String(number) }} search={{}}>
              v{number}
            </Link>{" "}
          </>
        )}
        {wordsOf(type)}
        {details && `: ${details.length > LONG ? `${details.slice(0, LONG)}…` : details}`}
      </div>
      <div className="muted">
        <Actor actor={actor} />, <Time at={at} />
        {isPromotion(event) && (
          <>
            {" "}
            ·{" "}
            <Link to="/promotions/$revision" params={{ revision: String(revision) }}>
              Report
            </Link>
          </>
        )}
      </div>
    </li>
  );
}

/** What a report is about. */
function isPromotion(event: EventLineData): boolean {
  if ("to" in event) return event.to === "STAGING" || event.to === "PRODUCTION";
  return event.type === "ALIAS_SET";
}

/** `version created` of MODEL_VERSION_CREATED: which model it is, the page says. */
export function wordsOf(type: string): string {
  return type
    .replace(/^MODEL_VERSION_/, number(type))
    .replaceAll("_", " ")
    .toLowerCase();
}

function number(type: string): string {
  return type === "MODEL_VERSION_STAGE_CHANGED" ? "" : "VERSION_";
}

function detailsOf(event: EventLineData): string {
  const parts = [
    "previousName" in event ? `before: ${event.previousName}` : null,
    "from" in event ? `${event.from} → ${event.to}` : null,
    "alias" in event ? event.alias : null,
    "stage" in event ? (event.stage ?? event.promotedAlias) : null,
    "environment" in event ? `${event.environment}/${event.endpoint}` : null,
    "health" in event ? event.health : null,
    "name" in event ? event.name : null,
    "checkStatus" in event ? event.checkStatus : null,
    "summary" in event ? event.summary : null,
    "key" in event ? ("value" in event ? `${event.key} = ${event.value}` : event.key) : null,
    "reason" in event ? event.reason : null,
    "comment" in event ? event.comment : null,
  ];
  return parts.filter(Boolean).join(", ");
}
