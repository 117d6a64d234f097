/**
 * Colours of the report. Graphviz gets the mark, a colour that nothing else uses; in its SVG the mark is replaced by the CSS variable, which is
 * light or dark as the reader's device is. Text on its background has a contrast of at least 4.5, as WCAG 2 AA asks.
 */
interface Colour {
  readonly mark: string;
  readonly variable: string;
  readonly light: string;
  readonly dark: string;
}

const colours = {
  text: colour("#100001", "text", "#1b1f24", "#e8eaed"),
  quiet: colour("#100002", "quiet", "#57606a", "#a7b0bb"),
  page: colour("#100003", "page", "#ffffff", "#14171a"),
  card: colour("#100004", "card", "#f5f7f9", "#1e2328"),
  line: colour("#100005", "line", "#c7ced6", "#3d444d"),
  accent: colour("#100006", "accent", "#0b5cad", "#79b8ff"),
  danger: colour("#100007", "danger", "#b3170d", "#ff8f85"),
  dangerCard: colour("#100008", "danger-card", "#fdeceb", "#3a1a18"),
  warning: colour("#100009", "warning", "#7a4b00", "#f0b860"),
  good: colour("#100010", "good", "#0f6b33", "#6fdc95"),
} as const;

function colour(mark: string, name: string, light: string, dark: string): Colour {
  return { mark, variable: `--${name}`, light, dark };
}

export type ColourName = keyof typeof colours;

/** For a drawing of one's own. */
export function variableOf(name: ColourName): string {
  return `var(${colours[name].variable})`;
}

/** What to give a drawing library. */
export function mark(name: ColourName): string {
  return colours[name].mark;
}

/** Puts the CSS variables into a drawing. */
export function themed(svg: string): string {
  return Object.values(colours).reduce(
    (drawing, { mark: from, variable }) =>
      drawing.replaceAll(new RegExp(`${from}(?:ff)?\\b`, "gi"), `var(${variable})`),
    svg,
  );
}

/** The variables for light and dark, for the top of the style sheet. */
export function variables(theme: "light" | "dark"): string {
  return Object.values(colours)
    .map((one) => `${one.variable}: ${one[theme]};`)
    .join(" ");
}
