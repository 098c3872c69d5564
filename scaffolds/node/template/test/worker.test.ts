import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.js", import.meta.url));

test("the worker ends with 0 on SIGTERM", { timeout: 30_000 }, async () => {
  const worker = spawn(process.execPath, [main, "worker"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const ended = once(worker, "exit");
    for await (const line of createInterface(worker.stdout)) {
      if (line.includes('"a piece of work"')) worker.kill("SIGTERM");
    }
    assert.deepEqual(await ended, [0, null]);
  } finally {
    worker.kill("SIGKILL");
  }
});
