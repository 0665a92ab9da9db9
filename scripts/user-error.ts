/** Something that the person at the terminal can mend: shown as its message alone, never with a stack trace. */
export class UserError extends Error {
  /** 1: it failed; 2: the command was used wrongly. */
  readonly exitStatus: 1 | 2;

  constructor(message: string, exitStatus: 1 | 2 = 1) {
    super(message);
    this.exitStatus = exitStatus;
  }
}
