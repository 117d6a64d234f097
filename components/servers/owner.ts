/** The stack that a command provisions for. */
export function ownerIn(command: string): string | undefined {
  return /^owner='([^'\n]*)'$/m.exec(command)?.[1];
}
