/** The SSH library, loaded when it is first used: a preview reaches no machine, and starts sooner without it. */
export function ssh(): typeof import("ssh2") {
  return require("ssh2");
}
