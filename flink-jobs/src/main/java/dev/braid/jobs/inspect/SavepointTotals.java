package dev.braid.jobs.inspect;

/**
 * The models of a savepoint in two numbers.
 *
 * @param models how many there are
 * @param bytes of all of them at rest
 */
public record SavepointTotals(long models, long bytes) {

  /**
   * Reads a savepoint or retained checkpoint.
   *
   * @param place a folder, or a URI that Flink can read
   */
  public static SavepointTotals of(final String place) throws Exception {
    final Inspection inspection = new Inspection(0);
    Savepoint.at(place).read(null, inspection::add);
    final Inspection.Totals totals = inspection.result().totals();
    return new SavepointTotals(totals.models(), totals.bytes());
  }
}
