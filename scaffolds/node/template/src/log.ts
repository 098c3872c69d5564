/** One JSON object as one line to stdout. */
export function log(level: string, message: string, fields: object = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }));
}
