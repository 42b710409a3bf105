import type { Viewer } from "../../domain/access/actor.js";
import type * as Files from "../../util/file-endpoint.js";
import type { Answer } from "./answer.js";

export type { FileRequest } from "../../util/file-endpoint.js";
export type FileTransfer = Files.FileTransfer<Answer>;
export type FileEndpoint = Files.FileEndpoint<Viewer, Answer>;
