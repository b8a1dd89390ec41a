/**
 * After the compiler: puts what a run loads into one file, `program.js`. Node takes a millisecond for each
 * module, and a `sync` has a hundred. The other files stay as they were compiled, some of them in use.
 * Run as `tsx scripts/bundle.ts FOLDER`, with the compiler's output in it.
 */
import { join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const folder = resolve(process.argv[2] ?? 'dist');
const program = join(folder, 'program.js');

/** `main.js` loads them as well: there must be one of each class, and of each state. */
const SHARED = ['errors.js', 'failure.js', 'fault-points.js', 'io.js', 'version.js'];
/** Few runs load them, `receiver` those of `listen` alone; they are large or load large packages. */
const APART = ['receiver', 'sandbox', 'sinks'];

const leavesFiles: Plugin = {
  name: 'leaves files',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const file = relative(folder, join(resolveDir, path));
      const [part = ''] = file.split(/[\\/]/);
      const stays = SHARED.includes(file) || (APART.includes(part) && relative(folder, resolveDir) !== part);
      return stays ? { path: `./${file.replaceAll('\\', '/')}`, external: true } : undefined;
    });
  },
};

await build({
  absWorkingDir: folder,
  entryPoints: [program],
  outfile: program,
  allowOverwrite: true,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  plugins: [leavesFiles],
});
