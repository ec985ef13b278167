/**
 * The Postgres schema and role of a module: `session-queue` → `session_queue`.
 * @throws Error when the name could not stand unquoted in SQL.
 */
export function schemaName(module: string): string {
  const name = module.replaceAll('-', '_');
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new Error(
      `module: ${JSON.stringify(module)} is no module name; use lowercase letters, digits and dashes`,
    );
  }
  return name;
}
