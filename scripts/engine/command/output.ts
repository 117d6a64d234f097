import { StringDecoder } from "node:string_decoder";
import type { Call } from "../providerServer";
import type { Redact } from "./secrets";

/** Which streams of a command are shown while it runs. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

type Stream = "stdout" | "stderr";

/** Gathers what a command prints, and shows it line by line while it runs. */
export class Output {
  readonly #chunks: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #both: Buffer[] = [];
  readonly #lines: Record<Stream, { decoder: StringDecoder; rest: string }> = {
    stdout: { decoder: new StringDecoder("utf8"), rest: "" },
    stderr: { decoder: new StringDecoder("utf8"), rest: "" },
  };

  constructor(
    readonly call: Pick<Call, "log">,
    readonly logging: Logging,
    readonly redact: Redact,
  ) {}

  /** Takes what has arrived on one stream. */
  add(stream: Stream, chunk: Buffer): void {
    this.#chunks[stream].push(chunk);
    this.#both.push(chunk);
    if (this.logging !== stream && this.logging !== "stdoutAndStderr") return;
    const lines = this.#lines[stream];
    const parts = (lines.rest + lines.decoder.write(chunk)).split("\n");
    lines.rest = parts.pop() ?? "";
    for (const line of parts) this.#show(line);
  }

  /** Shows what has no newline behind it. */
  end(): void {
    for (const lines of Object.values(this.#lines)) {
      this.#show(lines.rest + lines.decoder.end());
      lines.rest = "";
    }
  }

  #show(line: string): void {
    if (line.trim() !== "") this.call.log("status", this.redact(line));
  }

  /** What was printed on one stream, without one newline at its end. */
  text(stream: Stream): string {
    return Buffer.concat(this.#chunks[stream]).toString("utf8").replace(/\n$/, "");
  }

  /** What was printed on both streams, in the order it arrived, for an error; nothing when it may not be shown. */
  report(): string {
    if (this.logging === "none") return "(its output is not shown: its logging is none)";
    return this.redact(Buffer.concat(this.#both).toString("utf8")).trimEnd();
  }
}
