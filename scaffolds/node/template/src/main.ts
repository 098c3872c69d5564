import { setTimeout as sleep } from "node:timers/promises";
import { createApp } from "./app.js";
import { readIdentity } from "./identity.js";
{~ if nightly ~}
import { nightly } from "./nightly.js";
{~ endif ~}
import { type Settings, readSettings } from "./settings.js";
{~ if worker ~}
import { work } from "./worker.js";
{~ endif ~}

/** Serves until INT or TERM: then it is not ready any more, waits until traffic has moved away, and finishes. */
async function serve(settings: Settings): Promise<void> {
  const app = createApp(readIdentity(process.env), settings.logLevel);
  const stop = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await app.listen({ host: settings.host, port: settings.port });
  app.state.ready = true;
  await stop;
  app.state.ready = false;
  app.log.info({ seconds: settings.drainSeconds }, "draining");
  await sleep(settings.drainSeconds * 1000);
  await app.close();
}

/** Asks the service on this machine: the image has no curl. */
async function healthcheck(settings: Settings): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${settings.port}/health`, { signal: AbortSignal.timeout(2000) });
  if (!answer.ok) throw new Error(`unhealthy: ${answer.status}`);
}

/** Does what the word says; without one, it serves. */
async function run(word: string | undefined): Promise<void> {
  const settings = readSettings(process.env);
  switch (word) {
    case undefined:
      return serve(settings);
    case "healthcheck":
      return healthcheck(settings);
{~ if worker ~}
    case "worker":
      return work();
{~ endif ~}
{~ if nightly ~}
    case "nightly":
      return nightly();
{~ endif ~}
    default:
      throw new Error(`there is no command "${word}"`);
  }
}

try {
  await run(process.argv[2]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
