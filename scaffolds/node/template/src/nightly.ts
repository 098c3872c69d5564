/** The job of every night; an error makes it a failed one. */
export async function nightly(): Promise<void> {
  log("info", "begin");
  log("info", "done");
}

/** One JSON object as one line to stdout. */
function log(level: string, message: string): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message }));
}
