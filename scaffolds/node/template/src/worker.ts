import { setTimeout as sleep } from "node:timers/promises";
import { log } from "./log.js";

const pauseSeconds = 5;

/** One piece of work after the other, until INT or TERM. What is begun is finished. */
export async function work(): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  log("info", "working");
  while (!stop.signal.aborted) {
    try {
      await workOnce();
    } catch (error) {
      log("error", "a piece of work failed", { error: String(error) });
    }
    await sleep(pauseSeconds * 1000, undefined, { signal: stop.signal }).catch(() => {});
  }
  log("info", "stopped");
}

/** Where the worker's own work begins: take a message of a queue, say. */
async function workOnce(): Promise<void> {
  log("info", "a piece of work");
}
