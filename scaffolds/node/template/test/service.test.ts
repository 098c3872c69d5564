import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createApp } from "../src/app.js";
import { readIdentity } from "../src/identity.js";
import { readSettings } from "../src/settings.js";

const build = { version: "1.2.3", revision: "abc", buildDate: "2026-01-01T00:00:00Z" };
const main = fileURLToPath(new URL("../src/main.js", import.meta.url));

test("root says hello", async () => {
  const answer = await createApp(build).inject("/");
  assert.deepEqual(answer.json(), { message: "Hello from {= name =}!", version: "1.2.3" });
});

test("health is ok, ready only between start and stop", async () => {
  const app = createApp(build);
  for (const path of ["/health", "/health/live", "/livez"]) assert.equal((await app.inject(path)).statusCode, 200);
  for (const path of ["/ready", "/readyz"]) assert.equal((await app.inject(path)).statusCode, 503);
  app.state.ready = true;
  assert.equal((await app.inject("/ready")).statusCode, 200);
});

test("info names the build", async () => {
  const info = (await createApp(build).inject("/info")).json();
  assert.equal(info.name, "{= name =}");
  assert.deepEqual([info.version, info.git.sha, info.git.dirty, info.build.date, info.runtime.language], ["1.2.3", "abc", false, "2026-01-01T00:00:00Z", "node"]);
});

test("identity falls back to instep, then to unknown", () => {
  assert.deepEqual(readIdentity({}), { version: "unknown", revision: "unknown", buildDate: "unknown" });
  assert.equal(readIdentity({ VERSION: "", INSTEP_VERSION: "1.0.0" }).version, "1.0.0");
});

test("a wrong setting is named", () => {
  assert.throws(() => readSettings({ PORT: "http" }), /PORT must be a port, not "http"/);
});

test("metrics count requests by route", async () => {
  const app = createApp(build);
  app.get("/users/:user", async () => ({}));
  for (const path of ["/", "/users/ada", "/users/alan", "/nowhere", "/health", "/livez"]) await app.inject(path);
  const metrics = (await app.inject("/metrics")).body;
  for (const line of [
    'http_requests_total{method="GET",route="/",status="200"} 1',
    'http_requests_total{method="GET",route="/users/:user",status="200"} 2',
    'http_requests_total{method="GET",route="unmatched",status="404"} 1',
    'app_build_info{revision="abc",version="1.2.3"} 1',
    "process_start_time_seconds",
  ]) {
    assert.ok(metrics.includes(line), `${line}\nis not in\n${metrics}`);
  }
  assert.ok(!metrics.includes('route="/health"') && !metrics.includes("/livez"));
});

test("SIGTERM drains, then it exits with 0", { timeout: 30_000 }, async () => {
  const port = await freePort();
  const env = { ...process.env, HOST: "127.0.0.1", PORT: String(port), DRAIN_SECONDS: "1" };
  const server = spawn(process.execPath, [main], { env, stdio: "ignore" });
  try {
    await until(port, 200);
    const [code] = await once(spawn(process.execPath, [main, "healthcheck"], { env }), "exit");
    assert.equal(code, 0);
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await until(port, 503);
    assert.deepEqual(await ended, [0, null]);
  } finally {
    server.kill("SIGKILL");
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

async function until(port: number, status: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (answer?.status === status) return;
    await sleep(20);
  }
}
