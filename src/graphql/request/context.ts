import type { Viewer } from "../../domain/access/actor.js";
import type { OpenSessions } from "../../domain/access/open-sessions.js";
import { type CommandContext, type CommandServices, createCommandContext } from "../../registry/command.js";
import type { WebhookServices } from "../../registry/webhooks/webhook-services.js";
import type { Head } from "../../store/events/event-log.js";
import type { EventTail } from "../../store/events/event-tail.js";
import type { PrismaClient } from "../../store/generated/client.js";
import { AnswerSize } from "./answer-size.js";

/** The tables that reads may use. A narrow type also keeps type-checking fast. */
export type ReadDatabase = Pick<
  PrismaClient,
  | "model"
  | "modelVersion"
  | "alias"
  | "shelf"
  | "modelTag"
  | "modelVersionTag"
  | "stageTransition"
  | "aliasTransition"
  | "promotionDecision"
  | "promotionRequest"
  | "promotionReview"
  | "promotionComment"
  | "check"
  | "policy"
  | "policyChangeRequest"
  | "event"
  | "eventHead"
  | "experiment"
  | "run"
  | "runParam"
  | "runTag"
  | "experimentTag"
  | "datasetTag"
  | "loggedModel"
  | "loggedModelParam"
  | "loggedModelTag"
  | "metricSeries"
  | "metricPoint"
  | "dataset"
  | "lineageEdge"
  | "deployment"
  | "deploymentVersion"
  | "deploymentChange"
  | "webhook"
  | "webhookDelivery"
  | "revocation"
  | "$queryRaw"
>;

export interface GraphQLContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly db: ReadDatabase;
  readonly commands: CommandContext;
  readonly webhooks: WebhookServices;
  readonly events: EventTail;
  readonly sessions: OpenSessions;
  /** Counts the text of the response. */
  readonly answer: AnswerSize;
  readonly now: () => Date;
  /** Runs the work of a root field, so that it can be traced. */
  readonly followField?: FollowField | undefined;
  /** The id of the last server-sent event that the client has received; null or absent if it gave none. */
  readonly lastEventId?: string | null;
  /** The head of the log, read before every other field of a document that selects it. */
  head: Head | null;
}

type FollowField = <T>(name: string, work: () => T) => T;

export interface GraphQLServices extends CommandServices {
  /** What reads outside commands use. */
  readonly db: ReadDatabase;
  readonly webhooks: WebhookServices;
  readonly events: EventTail;
  readonly sessions: OpenSessions;
  /** How many characters all texts of one response may have together. */
  readonly answerCharacters: number;
  readonly followField?: FollowField | undefined;
}

export function createContext(services: GraphQLServices, viewer: Viewer, requestId: string): GraphQLContext {
  const { db, webhooks, events, sessions, answerCharacters, now } = services;
  return {
    viewer,
    requestId,
    db,
    commands: createCommandContext(services, viewer, requestId),
    webhooks,
    events,
    sessions,
    answer: new AnswerSize(answerCharacters),
    now,
    followField: services.followField,
    head: null,
  };
}
