/** The engine can't be had. The message says on one line what is missing and what to do; it is shown as it is. */
export class EngineError extends Error {}
