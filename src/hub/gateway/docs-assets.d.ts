/** Imported as files: their value is the path, inside the compiled program too. */
declare module "*/standalone.js" {
  const path: string;
  export default path;
}
declare module "*/redoc.standalone.js" {
  const path: string;
  export default path;
}
