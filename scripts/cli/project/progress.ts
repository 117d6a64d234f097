import type { Step } from "./update";

/** Where progress goes: a terminal that can overwrite its last line, or a pipe that gets whole lines only. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** Standard output as a screen; `NO_COLOR` and pipes get neither colours nor overwritten lines. */
export function standardScreen(): Screen {
  const { stdout } = process;
  return {
    isTTY: stdout.isTTY === true && process.env.TERM !== "dumb",
    columns: stdout.columns ?? 100,
    write: (text) => void stdout.write(text),
  };
}

/** Standard error in whole lines, for programs whose standard output is their answer. */
export const errorScreen: Screen = {
  isTTY: false,
  columns: 100,
  write: (text) => void process.stderr.write(text),
};

/** Milliseconds as people read them: `0.4 s`, `12 s`, `4 min 10 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Prints lines as things end, and in between shows what is under way, at least every four seconds. */
export class Progress {
  private readonly started: number;
  private lastShown = 0;
  private lineIsOpen = false;
  private readonly timer: NodeJS.Timeout;
  private doing = "";

  /**
   * @param clock milliseconds
   * @param silence seconds after which a pipe is told what is under way
   */
  constructor(
    private readonly screen: Screen,
    private readonly clock: () => number = Date.now,
    private readonly silence = 4,
  ) {
    this.started = clock();
    this.lastShown = this.started;
    this.timer = setInterval(() => this.beat(), screen.isTTY ? 250 : 1000);
  }

  /** Prints a line that stays. */
  line(text: string): void {
    this.clear();
    this.screen.write(`${text}\n`);
    this.lastShown = this.clock();
  }

  /** Says what is under way now; shown at once on a terminal, in a pipe when four seconds passed in silence. */
  now(doing: string): void {
    this.doing = doing;
  }

  /** Prints a step that has ended. */
  step(step: Step): void {
    const mark = step.failed ? "✘" : "✔";
    const time = duration((step.ended ?? this.clock()) - step.started);
    this.line(`  ${mark} ${verb(step.operation)} ${step.name}`.padEnd(56) + time.padStart(10));
  }

  close(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private beat(): void {
    if (this.doing === "") return;
    const waited = duration(this.clock() - this.started);
    if (this.screen.isTTY) {
      const text = `  … ${this.doing} (${waited})`.slice(0, this.screen.columns - 1);
      this.screen.write(`\r\u001b[K${text}`);
      this.lineIsOpen = true;
    } else if (this.clock() - this.lastShown >= this.silence * 1000) {
      this.line(`  … ${this.doing} (${waited})`);
    }
  }

  private clear(): void {
    if (this.lineIsOpen) this.screen.write("\r\u001b[K");
    this.lineIsOpen = false;
  }
}

function verb(operation: string): string {
  const verbs: Record<string, string> = {
    create: "made",
    "create-replacement": "recreated",
    update: "updated",
    replace: "replaced",
    delete: "removed",
  };
  return verbs[operation] ?? operation;
}
