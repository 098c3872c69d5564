/** All that the environment decides. */
export interface Settings {
  host: string;
  port: number;
  drainSeconds: number;
  logLevel: string;
}

/** Throws an error that names a wrong setting. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    host: env.HOST || "0.0.0.0",
    port: number(env, "PORT", {= port =}, "a port", (value) => Number.isInteger(value) && value >= 0 && value <= 65535),
    drainSeconds: number(env, "DRAIN_SECONDS", 2, "a number of seconds", (value) => value >= 0),
    logLevel: env.LOG_LEVEL || "info",
  };
}

function number(env: NodeJS.ProcessEnv, name: string, fallback: number, what: string, good: (value: number) => boolean): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || !good(value)) throw new Error(`${name} must be ${what}, not "${text}"`);
  return value;
}
