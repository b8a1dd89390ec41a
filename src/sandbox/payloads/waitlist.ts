import { standing } from '../world/standing.ts';
import { DAY_MINUTES, type DataOf, minutesAfter, newId, type Payloads } from './payload.ts';
import { newPerson } from './users.ts';

function waiting(state: 'pending' | 'approved' | 'denied'): DataOf {
  return (world, n, at) => {
    const { email } = newPerson(world, n);
    const approvedAt = state === 'approved' ? `"${at}"` : 'null';
    const head = `{"object":"waitlist_user","id":"${newId('wl_user', world, n)}","email":"${email}","state":"${state}","approved_at":${approvedAt}`;
    return standing({ head, createdAt: state === 'pending' ? at : minutesAfter(at, -4 * DAY_MINUTES) }, at);
  };
}

export const WAITLIST: Payloads = {
  'waitlist_user.approved': waiting('approved'),
  'waitlist_user.created': waiting('pending'),
  'waitlist_user.denied': waiting('denied'),
};
