import { AppError } from '../errors.ts';

/** Why a server could not be put where it was asked for. */
export function bindFailure(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AppError('port_in_use', `Port ${port} on ${host} is in use by another program.`, {
        hint: 'Choose another with --port, or stop that program.',
        cause: error,
      });
    case 'EACCES':
      return new AppError('usage', `Port ${port} is not open to this user.`, {
        hint: 'Choose one above 1023 with --port, and let a proxy in front have the low one.',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new AppError('usage', `--host ${host} is no address of this machine.`, {
        hint: 'Give 127.0.0.1 for this machine only, 0.0.0.0 or :: for all of its addresses, or one of them.',
        cause: error,
      });
    default:
      return error;
  }
}
