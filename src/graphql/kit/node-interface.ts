import { builder } from "./builder.js";

/** Relay's Node (Global Object Identification specification), without the plugin's own id field. */
export const Node = builder.nodeInterfaceRef();
