/** The longest silence while something is under way, in milliseconds; a person is to see something every 5 s. */
const LONGEST_SILENCE = 4000;
/** The shortest time between two lines about the same work, in milliseconds. */
const SHORTEST_PAUSE = 1000;

/** Reports how far some work is: when it has come further, but not too often, and again when it has not. */
export class Progress {
  #state = "";
  #reported = 0;
  readonly #began = Date.now();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param work what is done, such as `building the Pulumi CLI`
   * @param report takes the lines
   */
  constructor(
    readonly work: string,
    readonly report: (line: string) => void,
  ) {
    this.#show();
    this.#timer = setInterval(() => {
      if (Date.now() - this.#reported >= LONGEST_SILENCE) this.#show();
    }, 250);
    this.#timer.unref();
  }

  /** Takes how far it is now, such as `312 of 1400 packages`. */
  update(state: string): void {
    this.#state = state;
    if (Date.now() - this.#reported >= SHORTEST_PAUSE) this.#show();
  }

  /** Ends the reports. */
  end(): void {
    clearInterval(this.#timer);
  }

  #show(): void {
    this.#reported = Date.now();
    const state = this.#state === "" ? "" : `: ${this.#state}`;
    this.report(`${this.work}${state}${duration(Date.now() - this.#began)}`);
  }
}

/** ` (75 s)`, or nothing at the very beginning. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 2 ? "" : ` (${seconds} s)`;
}

/** Does work under reports of its progress, which end with it. */
export async function withProgress<T>(
  what: string,
  report: (line: string) => void,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(what, report);
  try {
    return await work(progress);
  } finally {
    progress.end();
  }
}
