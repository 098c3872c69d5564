import Fastify, { LogController, type FastifyInstance } from "fastify";
import { type Identity, info } from "./identity.js";
import { addTelemetry } from "./telemetry.js";

declare module "fastify" {
  interface FastifyInstance {
    /** Whether traffic may come. */
    state: { ready: boolean };
  }
}

/** The application as a value: it takes requests without a port. */
export function createApp(identity: Identity, logLevel = "silent"): FastifyInstance {
  const app = Fastify({
    // Every request is logged once, by telemetry.
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: logLevel, base: null, formatters: { level: (level) => ({ level }) }, timestamp: () => `,"time":"${new Date().toISOString()}"`, messageKey: "message" },
  });
  app.decorate("state", { ready: false });
  // Each with the other names that people know it by.
  for (const path of ["/health", "/health/live", "/livez"]) app.get(path, async () => ({ status: "ok" }));
  for (const path of ["/ready", "/readyz"]) {
    app.get(path, async (_request, reply) => {
      reply.code(app.state.ready ? 200 : 503);
      return { status: app.state.ready ? "ok" : "not ready" };
    });
  }
  app.get("/info", async () => info(identity));
  addTelemetry(app, identity);
  addRoutes(app, identity);
  return app;
}

/** Where the service's own work begins. */
function addRoutes(app: FastifyInstance, identity: Identity): void {
  app.get("/", async () => ({ message: "Hello from {= name =}!", version: identity.version }));
}
