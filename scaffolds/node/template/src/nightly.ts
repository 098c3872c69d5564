import { log } from "./log.js";

/** The job of every night; an error makes it a failed one. */
export async function nightly(): Promise<void> {
  log("info", "begin");
  log("info", "done");
}
