import { hostname, userInfo } from "node:os";

/** Who runs this, as the server's records name it: plain characters only, for it becomes a word of a shell command. */
export function whoAmI(): string {
  const name = `${userInfo().username}@${hostname()}`;
  return name.replace(/[^A-Za-z0-9@._-]/g, "_").slice(0, 80);
}
