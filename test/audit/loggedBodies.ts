import { list, record, text } from '../../src/k8s/json.ts';

/**
 * Whether each object in a logged event that must have managed fields has them: those that the server answers with, and
 * those that an update or a create sent. A patch is recorded as it was sent.
 */
export function managedFieldsIn(event: object): readonly boolean[] {
  const { verb, requestObject, responseObject } = record(event);
  const sent = verb === 'create' || verb === 'update' ? [requestObject] : [];
  const answer = record(responseObject);
  const answered = [answer, ...list(answer.items)].filter((one) => text(record(record(one).metadata).uid) !== '');
  return [...sent, ...answered].flatMap((one) => {
    const { metadata } = record(one);
    return metadata === undefined ? [] : ['managedFields' in record(metadata)];
  });
}
