/** What an operator should know when an event of this type passes by, and the event itself does not say. */
export type WorthKnowing = 'members_go_silently' | 'certificate_ends_sign_in';

export function worthKnowing(type: string): WorthKnowing | undefined {
  switch (type) {
    case 'dsync.deleted':
      return 'members_go_silently';
    case 'connection.saml_certificate_renewal_required':
      return 'certificate_ends_sign_in';
    default:
      return undefined;
  }
}
