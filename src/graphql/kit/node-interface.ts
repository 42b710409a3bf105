import { builder } from "./builder.js";

/** Relay's Node (Global Object Identification specification), without the id field of the Pothos plugin. */
export const Node = builder.nodeInterfaceRef();
