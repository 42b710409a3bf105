import { Link } from "@tanstack/react-router";
import { Card } from "../../kit/card";
import { EventItem } from "./event-item";
import type { ModelData } from "./model-query";

export const FIRST_EVENTS = 15;
const MORE_EVENTS = 50;
export const MAX_EVENTS = 200;

interface Props {
  readonly model: ModelData;
  readonly shown: number;
  readonly show: (count: number) => void;
}

/** Everything that happened to the model, its versions, aliases and deployments, as far as the log holds it. */
export function ActivityCard({ model: { name, activity }, shown, show }: Props) {
  if (activity.nodes.length === 0) return null;
  const isMore = activity.pageInfo.hasNextPage;
  return (
    <Card title="Activity">
      <ol className="moves inline-links">
        {activity.nodes.map((event) => (
          <EventItem key={event.id} model={name} event={event} />
        ))}
      </ol>
      {isMore && shown < MAX_EVENTS && (
        <button type="button" className="button" onClick={() => show(Math.min(shown + MORE_EVENTS, MAX_EVENTS))}>
          Show older
        </button>
      )}
      {isMore && shown >= MAX_EVENTS && (
        <p className="muted inline-links">
          Older events are in the{" "}
          <Link to="/admin/audit" search={{ model: name }}>
            audit trail
          </Link>
          .
        </p>
      )}
    </Card>
  );
}
