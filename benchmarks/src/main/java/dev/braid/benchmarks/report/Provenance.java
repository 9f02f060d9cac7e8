package dev.braid.benchmarks.report;

/**
 * Where figures come from; part of every report.
 *
 * @param command as it was typed
 * @param date in UTC, as year-month-day
 * @param cores that the machine offered
 * @param java version of the virtual machine
 */
public record Provenance(String command, String date, int cores, String java) {

  @Override
  public String toString() {
    return "`" + command + "`, " + date + ", " + cores + " cores, Java " + java;
  }
}
