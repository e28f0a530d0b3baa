/** Failed attempts in a row that ended in the same words. Times in ms since 1970. */
export interface FailureRecord {
  readonly message: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}
