/** Imported as a file: its value is the path, inside the compiled program too. */
declare module "*.zst" {
  const path: string;
  export default path;
}
