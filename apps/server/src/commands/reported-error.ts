/** A failure whose message is all that a user needs: printed without a stack. */
export class ReportedError extends Error {}
