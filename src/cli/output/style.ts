export interface Styles {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly cyan: Style;
}

type Style = (text: string) => string;

const paint =
  (open: number, close: number): Style =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;

const painted: Styles = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
};

const unpainted: Styles = { bold: String, dim: String, red: String, green: String, yellow: String, cyan: String };

/** Colours by name, or none. */
export const styles = (colour: boolean): Styles => (colour ? painted : unpainted);
