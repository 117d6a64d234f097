import { connect } from "node:net";

/** Those of the ports that take a connection within two seconds. */
export async function openPorts(address: string, ports: readonly number[]): Promise<number[]> {
  const open: number[] = [];
  const atOnce = 1024;
  for (let first = 0; first < ports.length; first += atOnce) {
    const some = ports.slice(first, first + atOnce);
    const answers = await Promise.all(some.map((port) => isOpen(address, port)));
    open.push(...some.filter((_, index) => answers[index]));
  }
  return open;
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => answer(true));
    // On a busy host the time may be over before an answer that has come was looked at: that happens first.
    socket.once("timeout", () => setImmediate(answer, false));
    socket.once("error", () => answer(false));
  });
}
