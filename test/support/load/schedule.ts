/** One request as it is meant to be sent. */
export interface PlannedRequest {
  /** Counts from 0. */
  readonly number: number;
  /** Milliseconds after the load's start. */
  readonly at: number;
  readonly kind: RequestKind;
  /** Whether a connection that was used before may carry it. */
  readonly keepAlive: boolean;
}

/** `page`: a GET of a whole page; `write`: a POST of one row; `file`: a GET of a static file; `slow`: a GET that takes seconds. */
export type RequestKind = "page" | "write" | "file" | "slow";

export interface Load {
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  /** How many of a hundred requests are of a kind; the others are pages. */
  readonly share?: Partial<Record<Exclude<RequestKind, "page">, number>>;
  /** How many of a hundred requests open a connection of their own. */
  readonly fresh?: number;
}

/**
 * Plans a load of constant rate. The plan does not depend on the answers: a server that stalls does not slow it down, which would hide
 * the stall (an "open loop").
 * @throws Error when the rate or a share makes no sense.
 */
export function planLoad(load: Load): PlannedRequest[] {
  const { rate, seconds, share = {}, fresh = 0 } = load;
  if (!(rate > 0) || !(seconds > 0)) {
    throw new Error(`a load of ${rate} requests/s for ${seconds} s: expected both above 0`);
  }
  const { write = 0, file = 0, slow = 0 } = share;
  if (write + file + slow > 100 || Math.min(write, file, slow, fresh) < 0 || fresh > 100) {
    throw new Error("shares of requests: expected 0 to 100 of a hundred, together at most 100");
  }
  return Array.from({ length: Math.round(rate * seconds) }, (_, number) => {
    // 61 and 37 have no divisor in common with 100: kinds and connections are spread evenly, and independent of each other.
    const place = (number * 61) % 100;
    const kind: RequestKind =
      place < write ? "write" : place < write + file ? "file" : place < write + file + slow ? "slow" : "page";
    const turn = (Math.floor(number / 100) * 13 + number * 37) % 100;
    return { number, at: (number * 1000) / rate, kind, keepAlive: turn >= fresh };
  });
}
