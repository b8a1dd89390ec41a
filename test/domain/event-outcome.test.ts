import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { outcomeOf } from '../../src/domain/event-outcome.ts';

it.each([
  ['authentication.password_failed', 'failed'],
  ['authentication.sso_timed_out', 'failed'],
  ['action.user_registration.denied', 'failed'],
  ['organization_domain.verification_failed', 'failed'],
  ['authentication.radar_risk_detected', 'failed'],
  ['connection.saml_certificate_renewal_required', 'attention'],
  ['pipes.connected_account.reauthorization_needed', 'attention'],
  ['dsync.user.deleted', 'removed'],
  ['dsync.group.user_removed', 'removed'],
  ['session.revoked', 'removed'],
  ['user.created', 'added'],
  ['dsync.group.user_added', 'added'],
  ['authentication.mfa_succeeded', 'added'],
  ['user.updated', 'other'],
  ['brand_new.created', 'added'],
  ['created', 'other'],
])('%s: %s', (type, outcome) => {
  expect(outcomeOf(type)).toBe(outcome);
});

it('leaves only what neither comes, goes nor fails without an outcome', () => {
  expect(
    CATALOGUE.filter((type) => outcomeOf(type) === 'other').map((type) => type.replace(/.*\./, '')),
  ).toEqual(expect.arrayContaining(['updated', 'read', 'resent', 'sso_started']));
  expect(CATALOGUE.filter((type) => outcomeOf(type) === 'other').length).toBeLessThan(30);
});
