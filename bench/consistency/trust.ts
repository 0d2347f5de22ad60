/** Whether Redis was believed throughout a time. */
export class Trust {
  /** Counts up whenever Redis is believed again or no longer. */
  changes = 0;
  isAway = () => true;

  /** Call it at the end. */
  watch(): () => boolean {
    const before = this.changes;
    const wasAway = this.isAway();
    return () => wasAway || this.changes !== before || this.isAway();
  }
}
