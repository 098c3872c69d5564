import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { Identity } from "./identity.js";

const own = new Set(["/health", "/health/live", "/livez", "/ready", "/readyz", "/metrics", "/info"]);
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Counts requests by method, route and status; own endpoints are left out. */
export function addTelemetry(app: FastifyInstance, identity: Identity): void {
  const registry = new Registry();
  const labelNames = ["method", "route", "status"];
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({ name: "http_requests_total", help: "Requests", labelNames, registers });
  const duration = new Histogram({ name: "http_request_duration_seconds", help: "Time to the answer", labelNames, registers });
  const build = new Gauge({ name: "app_build_info", help: "Which build this is", labelNames: ["revision", "version"], registers });
  build.set({ revision: identity.revision, version: identity.version }, 1);

  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "unmatched" : (request.routeOptions.url ?? "unmatched");
    if (own.has(route)) return;
    const method = methods.has(request.method) ? request.method : "OTHER";
    const labels = { method, route, status: String(reply.statusCode) };
    requests.inc(labels);
    duration.observe(labels, reply.elapsedTime / 1000);
    const level = reply.statusCode >= 500 ? "error" : "info";
    app.log[level]({ method: request.method, path: request.url, route, status: reply.statusCode, duration_ms: reply.elapsedTime }, "request");
  });

  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
