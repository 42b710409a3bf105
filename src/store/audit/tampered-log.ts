import type { Fault } from "../../domain/events/log-fault.js";

/** The events to compact had been tampered with, so they stay as evidence. */
export class TamperedLogError extends Error {
  override readonly name = "TamperedLogError";
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.text);
    this.fault = fault;
  }
}
