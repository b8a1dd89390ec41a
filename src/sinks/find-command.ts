import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';

/** Whether a command can be run, as the system looks for it. */
export type FoundCommand = 'runnable' | 'missing' | 'folder' | 'not_executable';

/** `path` is the PATH that the command will have; a name with a slash is not looked for in it. */
export async function findCommand(
  command: string,
  cwd: string,
  path: string | undefined,
): Promise<FoundCommand> {
  if (command.includes('/')) return await look(resolve(cwd, command));
  let found: FoundCommand = 'missing';
  for (const folder of (path ?? '/bin:/usr/bin').split(delimiter)) {
    const here = await look(resolve(cwd, folder, command));
    if (here === 'runnable') return here;
    if (found === 'missing') found = here;
  }
  return found;
}

async function look(path: string): Promise<FoundCommand> {
  try {
    if (!(await stat(path)).isFile()) return 'folder';
  } catch {
    return 'missing';
  }
  try {
    await access(path, constants.X_OK);
    return 'runnable';
  } catch {
    return 'not_executable';
  }
}
