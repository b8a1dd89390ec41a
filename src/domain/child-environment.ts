/** What of ours a command that we run must not see. */
export const OWN_SECRETS = ['WORKOS_API_KEY', 'WORKOS_WEBHOOK_SECRET', 'DD_API_KEY', 'DD_APP_KEY'] as const;

/** What no output may hold: these, and the credentials that a proxy's address may have. */
export const NEVER_SHOWN = [...OWN_SECRETS, 'HTTPS_PROXY', 'https_proxy'] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** A shorter value, such as `test`, is likely to stand in another variable by chance. */
const SHORTEST_SECRET = 16;

/**
 * The environment of a command that we run: ours without our secrets, under whatever name they are there.
 * `secrets` are their values by name, those that come from a file too; `passed` are the names that stay, or
 * are put there from the file.
 */
export function childEnvironment(
  env: Environment,
  secrets: Environment,
  passed: readonly string[],
): Record<string, string> {
  const own: ReadonlySet<string> = new Set(OWN_SECRETS);
  const hidden = new Set(
    OWN_SECRETS.flatMap((name) => [env[name] ?? '', secrets[name] ?? '']).filter(
      (value) => value.length >= SHORTEST_SECRET,
    ),
  );
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !own.has(name) && !hidden.has(value)) child[name] = value;
  }
  for (const name of passed) {
    const value = env[name] ?? secrets[name];
    if (value !== undefined) child[name] = value;
  }
  return child;
}
