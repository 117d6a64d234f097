import { fstatSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";

/** The engine allows messages of this many bytes; so must its plugins. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

/** Options for every channel between the engine and a plugin. */
export const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": LARGEST_MESSAGE,
  "grpc.max_send_message_length": LARGEST_MESSAGE,
};

/** A gRPC server as the engine's plugins need it. */
export function newServer(): grpc.Server {
  return new grpc.Server(CHANNEL_OPTIONS);
}

/**
 * Serves the engine until it is done: prints the port on standard output, as the engine expects, and ends the process
 * on SIGINT and SIGTERM (how the engine ends a plugin) and when the engine itself has died.
 *
 * @param stop ends what is under way; the process ends when it has settled, at most 3 s later (the engine kills
 * after 5)
 */
export async function serve(server: grpc.Server, stop: (reason: string) => Promise<void>): Promise<void> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });

  let ending = false;
  const end = (reason: string) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), 3000).unref();
    void stop(reason).finally(() => process.exit(0));
  };
  process.on("SIGINT", () => end("interrupted"));
  process.on("SIGTERM", () => end("terminated"));
  whenEngineDies(() => end("the engine has ended"));

  process.stdout.on("error", () => end("no reader for the port"));
  process.stdout.write(`${port}\n`);
}

/**
 * The engine holds the write end of a plugin's standard input for as long as it lives, so its end means that the
 * engine is gone, even when it was killed. Anything but a pipe (a terminal, /dev/null) says nothing.
 */
function whenEngineDies(act: () => void): void {
  try {
    if (!fstatSync(0).isFIFO()) return;
  } catch {
    return; // No standard input at all.
  }
  process.stdin.on("end", act).on("error", act).resume();
}

/** The first argument that is an address (`127.0.0.1:1234`) rather than a flag: that of the engine. */
export function engineAddress(args: string[]): string | undefined {
  return args.find((argument) => !argument.startsWith("-") && /:\d+$/.test(argument));
}

/** Makes an asynchronous function a handler of gRPC calls; an error's message is all the engine gets to see. */
export function unary<Request, Response>(
  work: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    work(call.request).then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({
          code: grpc.status.UNKNOWN,
          details: error instanceof Error ? error.message : String(error),
        }),
    );
  };
}
