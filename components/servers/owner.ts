/** The stack that a command provisions for. */
export function ownerIn(command: string): string | undefined {
  return /^owner=(['"])([^'"\n]*)\1$/m.exec(command)?.[2];
}
