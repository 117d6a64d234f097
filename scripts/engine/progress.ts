/** Takes how far some work is, such as `312 of 1400 packages`. */
export type Update = (state: string) => void;

/**
 * Says what is done and how far it is.
 * @param report is called as often as there is something new; what shows it decides how often a person sees a line, and for how long it goes on
 */
export function progressOf(work: string, report: (line: string) => void): Update {
  report(work);
  return (state) => report(`${work}: ${state}`);
}
