/** Which build this is. */
export interface Identity {
  version: string;
  revision: string;
  buildDate: string;
}

/** From the environment that the image sets, then what `instep run-local` tells; "unknown" is the last resort. */
export function readIdentity(env: NodeJS.ProcessEnv): Identity {
  const first = (...names: string[]) => names.map((name) => env[name]).find((value) => value && value !== "unknown") ?? "unknown";
  return {
    version: first("VERSION", "INSTEP_VERSION"),
    revision: first("REVISION", "INSTEP_GIT_SHA"),
    buildDate: first("BUILD_DATE"),
  };
}

/** What /info answers. */
export function info(identity: Identity) {
  return {
    name: "{= name =}",
    version: identity.version,
    git: { sha: identity.revision, dirty: identity.version.endsWith("-dirty") },
    build: { date: identity.buildDate },
    runtime: { language: "node", version: process.versions.node },
  };
}
