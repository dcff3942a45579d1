import winston from 'winston';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Structured logs: one JSON line per fact, never a secret or the body of a response (DESIGN §5). */
export interface Logger {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A winston logger on stderr; stdout stays free for what commands print. */
export const createLogger = (level: LogLevel): Logger =>
  winston.createLogger({
    level,
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
