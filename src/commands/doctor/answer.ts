/** Writes the answer of `doctor` in the form that was asked for. */
import { appendFileSync } from 'node:fs';
import type { Diagnosis } from '../../domain/doctor/check-result.ts';
import type { Io } from '../../io.ts';
import type { Format } from './options.ts';

export interface AnswerForm {
  readonly format: Format;
  readonly color: boolean | undefined;
}

export async function giveDiagnosis(
  diagnosis: Diagnosis,
  startedAtMs: number,
  form: AnswerForm,
  io: Io,
): Promise<void> {
  switch (form.format) {
    case 'table': {
      const { doctorTable } = await import('../../output/doctor/table.ts');
      const columns = io.stdout.isTTY ? io.stdout.columns : undefined;
      return await io.stdout.write(doctorTable(diagnosis, { style: await styleOf(form, io), columns }));
    }
    case 'json': {
      const { doctorJson } = await import('../../output/doctor/json.ts');
      return await io.stdout.write(`${JSON.stringify(doctorJson(diagnosis))}\n`);
    }
    case 'junit': {
      const { doctorJunit } = await import('../../output/doctor/junit.ts');
      return await io.stdout.write(doctorJunit(diagnosis, startedAtMs));
    }
    case 'github': {
      const { githubAnnotations, githubSummary } = await import('../../output/doctor/github.ts');
      await io.stdout.write(githubAnnotations(diagnosis));
      return await appendSummary(githubSummary(diagnosis), io);
    }
  }
}

/** Exit status 0. */
export async function giveList(form: AnswerForm, io: Io): Promise<number> {
  const { checkListJson, checkListText } = await import('../../output/doctor/check-list.ts');
  await io.stdout.write(
    form.format === 'json' ? `${JSON.stringify(checkListJson())}\n` : checkListText(await styleOf(form, io)),
  );
  return 0;
}

/** GitHub names the file of a step; steps of other systems have none. */
async function appendSummary(markdown: string, io: Io): Promise<void> {
  const path = io.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return;
  try {
    appendFileSync(path, markdown);
  } catch (error) {
    // The annotations are there, and the exit status says what came out.
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    await io.stderr.write(`! The summary of the step could not be written to ${path} (${why}).\n`);
  }
}

async function styleOf({ color }: AnswerForm, io: Io) {
  const { styleFor } = await import('../../output/style.ts');
  return styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: color });
}
