import { pino, type Logger } from 'pino';

export type { Logger };

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** JSON lines on stdout. What could hold a secret is redacted here, whoever logs it. */
export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
    redact: {
      paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
      censor: '[redacted]',
    },
  });
}

/** Private: a failed query tells its parameters, hashes of passwords among them, in its message and so in its stack. */
function serializeError(error: Error): object {
  const { message, stack, ...rest } = pino.stdSerializers.err(error);
  const strip = (text: string) => text.replace(/\nparams: .*/g, '');
  return { ...rest, message: strip(message), stack: strip(stack) };
}
