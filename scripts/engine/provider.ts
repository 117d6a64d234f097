import type { PropertyChange } from "./difference";
import type { Properties } from "./values";

/** How a line is shown: `status` only beside the running resource, the others also in the report at the end. */
export type LogLevel = "debug" | "status" | "info" | "warning" | "error";

/** What a handler knows about the call it serves. */
export interface Call {
  /** The resource's URN; empty for functions. */
  urn: string;
  /** The last part of the URN: the name that the program gave. */
  name: string;
  /** Aborted, with an Error as reason, when the call must end. */
  signal: AbortSignal;
  /** Shows a line to the user; lines arrive in order. */
  log(level: LogLevel, message: string): void;
}

/** An input that is refused, before anything is done. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** A value, now or later. */
export type Awaitable<T> = T | Promise<T>;

/** One resource type. */
export interface ResourceHandler {
  check?(
    call: Call,
    request: { olds: Properties; inputs: Properties },
  ): Awaitable<{ inputs: Properties; failures: CheckFailure[] }>;
  diff(
    call: Call,
    request: { id: string; olds: Properties; oldInputs: Properties; news: Properties },
  ): Awaitable<PropertyChange[]>;
  create(
    call: Call,
    request: { inputs: Properties; preview: boolean },
  ): Awaitable<{ id: string; outputs: Properties }>;
  update?(
    call: Call,
    request: { id: string; olds: Properties; news: Properties; preview: boolean },
  ): Awaitable<Properties>;
  delete?(call: Call, request: { id: string; outputs: Properties }): Awaitable<void>;
  read?(
    call: Call,
    request: { id: string; inputs: Properties; outputs: Properties },
  ): Awaitable<{ id: string; inputs: Properties; outputs: Properties } | undefined>;
}

/** A provider: its name, its version and what it can do. */
export interface Provider {
  name: string;
  version: string;
  resources: { [token: string]: ResourceHandler };
  functions?: {
    [token: string]: (call: Call, request: { args: Properties; preview: boolean }) => Awaitable<Properties>;
  };
}
