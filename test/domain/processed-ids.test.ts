import { expect, test } from 'vitest';
import { type ProcessedIds, ProcessedIdsReader } from '../../src/domain/processed-ids.ts';

/** Read in pieces of this size: no form may depend on where a piece ends. */
function read(text: string, size: number): ProcessedIds {
  const reader = new ProcessedIdsReader();
  for (let at = 0; at < text.length; at += size) reader.take(text.slice(at, at + size));
  return reader.end();
}

const FORMS: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'one id a line', text: 'event_1\nevent_2\n' },
  { name: 'without a last line end, with blanks', text: '\n  event_1 \n\nevent_2' },
  { name: 'of Windows', text: 'event_1\r\nevent_2\r\n' },
  { name: 'in quotes with commas, as pasted from code', text: '"event_1",\n"event_2",\n' },
  { name: 'NDJSON with id', text: '{"id":"event_1"}\n{"id":"event_2","n":[1,{"id":"x"}]}\n' },
  {
    name: 'NDJSON of a table: event_id before id',
    text: '{"id":7,"event_id":"event_1"}\n{"id":"8","event_id":"event_2"}',
  },
  { name: 'a JSON list of ids', text: '[ "event_1",\n "event_2" ]' },
  { name: 'a JSON list of objects', text: '[{"event_id":"event_1","s":"a]\\"],"},\n{"id":"event_2"}]' },
  {
    name: 'a list as the Events API answers it',
    text: '{"object":"list","data":[{"id":"event_1"},{"id":"event_2"}]}',
  },
  { name: 'CSV with a header', text: 'id,type\nevent_1,user.created\nevent_2,user.updated\n' },
  { name: 'CSV in which event_id is not the first column', text: 'ID;"Event_ID"\n1;event_1\n2;"event_2"\n' },
  {
    name: 'CSV with line breaks in a field',
    text: 'id,payload\nevent_1,"{""a"":\n1,""id"":""event_9""}"\nevent_2,x\n',
  },
  { name: 'TSV', text: 'n\tevent_id\n1\tevent_1\n2\tevent_2\n' },
];

test.each(FORMS)('$name', ({ text }) => {
  for (const size of [1, 2, 7, 1000]) {
    expect(read(text, size)).toEqual({
      ids: new Set(['event_1', 'event_2']),
      rubbish: 0,
      firstRubbish: undefined,
    });
  }
});

test.each([
  { text: 'event_1\nhello world\nuser 7\n', ids: ['event_1'], rubbish: 2, line: 2, first: 'hello world' },
  { text: ' id \n-----\n event_1\n(1 row)\n', ids: ['event_1'], rubbish: 2, line: 2, first: '-----' },
  { text: '{"id":"event_1"}\n{"id":"ev', ids: ['event_1'], rubbish: 1, line: 2, first: '{"id":"ev' },
  { text: '{"id":"event_1"}\n{"id":7}\n', ids: ['event_1'], rubbish: 1, line: 2, first: '{"id":7}' },
  { text: '["event_1",null]', ids: ['event_1'], rubbish: 1, line: 2, first: 'null' },
  { text: '["event_1","eve', ids: ['event_1'], rubbish: 1, line: 1, first: '"eve' },
  { text: '["event_1",', ids: ['event_1'], rubbish: 1, line: 1, first: 'the list has no end' },
  { text: 'id,n\nevent_1,1\n,2\n', ids: ['event_1'], rubbish: 1, line: 3, first: ',2' },
  { text: '', ids: [], rubbish: 0, line: undefined, first: undefined },
  { text: '\n \n', ids: [], rubbish: 0, line: undefined, first: undefined },
  { text: '[]', ids: [], rubbish: 0, line: undefined, first: undefined },
])('$text: what holds no id is counted, the first shown', ({ text, ids, rubbish, line, first }) => {
  for (const size of [1, 3, 1000]) {
    const found = read(text, size);
    expect([...found.ids]).toEqual(ids);
    expect(found.rubbish).toBe(rubbish);
    expect(found.firstRubbish?.line).toBe(line);
    expect(found.firstRubbish?.text.trim()).toBe(first);
  }
});
