/** What a person did or has that stops a program; its message is shown as it is. */
export class WorkspaceError extends Error {}

/** A program was called with something that it does not know or cannot use. */
export class WrongUse extends Error {}

/** Somebody ended the program by Ctrl-C or SIGTERM. */
export class Interrupted extends Error {}

/** An `up` or a `destroy` did not come to its end; `message` says what a person should know, one thing a line. */
export class UpdateFailed extends Error {}

/** Nothing was done, for another run holds the stack. */
export class StackBusy extends UpdateFailed {}
