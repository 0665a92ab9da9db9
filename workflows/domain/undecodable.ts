/** Stands for a payload that is no JSON. To throw instead would block the workflow for ever: nobody can take it back. */
export class Undecodable {
  readonly problem: string;

  constructor(reason: string) {
    this.problem = `must be JSON (encoding json/plain): ${reason}`;
  }
}
