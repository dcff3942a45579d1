/** The API server refused: HTTP status, its Status object's reason and message. */
export class KubeAdminError extends Error {
  override readonly name = 'KubeAdminError';
  readonly status: number;
  readonly reason: string | undefined;
  readonly body: unknown;

  constructor(request: string, status: number, body: unknown) {
    const details = (body ?? {}) as { readonly message?: string; readonly reason?: string };
    super(`${request}: ${status} ${details.message ?? JSON.stringify(body)}`);
    this.status = status;
    this.reason = details.reason;
    this.body = body;
  }
}
