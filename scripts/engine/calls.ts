import * as grpc from "@grpc/grpc-js";
import * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { CHANNEL_OPTIONS } from "./pluginProcess";
import type { Awaitable, Call, LogLevel } from "./provider";

const SEVERITIES = {
  debug: engine.LogSeverity.DEBUG,
  status: engine.LogSeverity.INFO,
  info: engine.LogSeverity.INFO,
  warning: engine.LogSeverity.WARNING,
  error: engine.LogSeverity.ERROR,
};

/** The calls that a plugin has under way, and the engine that it logs to. */
export class Calls {
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #engine: engineRpc.EngineClient | undefined;
  #logged: Promise<unknown> = Promise.resolve();
  #stopped: Error | undefined;

  /** Logs to the engine at an address from now on. */
  connect(address: string): void {
    this.#engine = new engineRpc.EngineClient(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  /** Ends all calls under way, and waits for them. */
  async stop(reason: string): Promise<void> {
    this.#stopped = new Error(reason);
    for (const controller of this.#running.keys()) controller.abort(this.#stopped);
    await Promise.allSettled(this.#running.values());
  }

  /** Runs one call with its own signal, which a timeout (in seconds, 0: none) aborts too. */
  async run<T>(urn: string, seconds: number, work: (call: Call) => Awaitable<T>): Promise<T> {
    const controller = new AbortController();
    if (this.#stopped) controller.abort(this.#stopped);
    const limit =
      seconds > 0
        ? setTimeout(() => controller.abort(new Error(`not done after ${seconds} s`)), seconds * 1000)
        : undefined;
    const call: Call = {
      urn,
      name: urn.split("::").at(-1) ?? "",
      signal: controller.signal,
      log: (level, message) => this.#log(urn, level, message),
    };
    const promise = (async () => work(call))();
    this.#running.set(controller, promise);
    try {
      return await promise;
    } finally {
      clearTimeout(limit);
      this.#running.delete(controller);
      await this.#logged;
    }
  }

  #log(urn: string, level: LogLevel, message: string): void {
    const client = this.#engine;
    if (!client) return;
    const request = new engine.LogRequest();
    request.setSeverity(SEVERITIES[level]);
    request.setEphemeral(level === "status");
    request.setMessage(message);
    request.setUrn(urn);
    // One after the other, so that lines keep their order; a lost line must not fail the call.
    this.#logged = this.#logged.then(
      () => new Promise<void>((resolve) => void client.log(request, () => resolve())),
    );
  }
}
